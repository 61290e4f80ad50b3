"""What waits for somebody else, and for whom."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from digi.accounts.models import User
from thesis.models import Thesis
from thesis.services.waiting import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    title: str
    url: str
    words: str
    people: list[User]
    since: datetime
    state: str
    state_words: str
    is_thesis: bool


def of(waiting: Iterable[Waiting]) -> Iterator[Other]:
    return (_shown(one) for one in waiting if not one.mine)


def _shown(one: Waiting) -> Other:
    subject = one.subject
    is_thesis = isinstance(subject, Thesis)
    return Other(
        title=subject.title,
        url=reverse("thesis:overview" if is_thesis else "thesis:application", args=[subject.uuid]),
        words=_words(one),
        people=one.people,
        since=one.since,
        state=subject.state,
        state_words=subject.get_state_display(),
        is_thesis=is_thesis,
    )


def _words(one: Waiting) -> str:
    if not one.people:
        return _("waits for %(part)s, who is missing") % {"part": one.turn.label}
    return _("waits for %(names)s") % {"names": get_text_list([str(person) for person in one.people], _("or"))}
