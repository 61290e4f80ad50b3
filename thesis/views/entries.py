"""What happened on a thesis, as sentences."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import formats
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from thesis.models import Transition
from thesis.services.timeline import Entry

KINDS: dict[str, tuple[str, str | Promise]] = {
    "step": ("flag", gettext_lazy("Steps")),
    "version": ("file-text", gettext_lazy("Versions")),
    "meeting": ("calendar-days", gettext_lazy("Meetings")),
    "extension": ("clock", gettext_lazy("More time")),
    "milestone": ("square-check", gettext_lazy("Milestones")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry for people: an icon's name, a sentence, what was said with it."""

    kind: str
    icon: str
    sentence: SafeString
    detail: str
    at: datetime
    n: int | None  # of a step, in the chain


def lines(entries: list[Entry], steps: list[Transition]) -> list[Line]:
    """`steps` are those of the thesis, among them every one that the entries speak of."""
    back = {step.n for step in steps if step.back}
    return [_line(entry, back) for entry in entries]


def _line(entry: Entry, back: set[int]) -> Line:
    icon = KINDS[entry.kind][0]
    detail = "" if entry.kind == "extension" else entry.detail
    n = int(entry.id) if entry.kind == "step" else None
    about = "back" if n in back else "opening" if n == 1 else entry.kind
    return Line(entry.kind, icon, _sentence(entry, about), detail, entry.at, n)


def _sentence(entry: Entry, about: str) -> SafeString:
    who = format_html("<b>{}</b>", entry.actor or _("The server"))
    what = format_html("<b>{}</b>", entry.title)
    sentence = {
        "opening": _("%(who)s opened the thesis."),
        "back": _("%(who)s took a step back, to %(what)s."),
        "step": _("%(who)s moved it to %(what)s."),
        "version": _("%(who)s added %(what)s."),
        "meeting": _("A meeting was held that %(who)s had called."),
        "extension": _("%(who)s decided on more time until %(day)s: %(what)s."),
        "milestone": _("The milestone %(what)s was reached."),
    }[about]
    said = {"who": who, "what": what, "day": _day(entry.detail) if entry.kind == "extension" else ""}
    return SafeString(conditional_escape(sentence) % said)


def _day(text: str) -> str:
    return formats.date_format(date.fromisoformat(text), "DATE_FORMAT")
