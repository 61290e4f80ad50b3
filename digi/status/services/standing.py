"""How the server stands right now: a judgement on each part, and what to do where it is not well."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from digi.status.models import Process
from digi.status.parts import Level, Part
from digi.status.services import checks

WORST = (Level.HARM, Level.CARE, Level.GOOD)


@dataclass(frozen=True, slots=True)
class _Words:
    name: Promise
    good: Promise
    harm: Promise
    todo: Promise


READY = {
    "database": _Words(
        gettext_lazy("Database"),
        gettext_lazy("It answers in %(ms)s ms."),
        gettext_lazy("It does not answer: %(error)s."),
        gettext_lazy("See whether it runs, and whether DIGI_DATABASE_URL leads to it."),
    ),
    "migrations": _Words(
        gettext_lazy("Tables"),
        gettext_lazy("They fit this release."),
        gettext_lazy("The code is newer than the tables."),
        gettext_lazy("Run manage.py migrate."),
    ),
    "layer": _Words(
        gettext_lazy("Channel layer"),
        gettext_lazy("A message goes round it in %(ms)s ms."),
        gettext_lazy("No message goes round it: %(error)s."),
        gettext_lazy(
            "See whether Redis runs, and whether DIGI_REDIS_URL leads to it. Until then people at other server "
            "processes see what is new a second later; nothing is lost."
        ),
    ),
    "keys": _Words(
        gettext_lazy("Key ring"),
        gettext_lazy("Its keys seal and open."),
        gettext_lazy("Its keys do not open what they have sealed: %(error)s."),
        gettext_lazy("Look at DIGI_ENCRYPTION_KEYS: whoever loses a key loses what it has sealed."),
    ),
    "files": _Words(
        gettext_lazy("Files"),
        gettext_lazy("They can be reached."),
        gettext_lazy("They cannot be reached: %(error)s."),
        gettext_lazy(
            "See whether their server runs, and whether DIGI_FILES and the keys of DIGI_S3 lead to it. Until then "
            "nobody can send or fetch a file; people talk, and nothing is lost."
        ),
    ),
}


def parts(tried: dict[str, dict[str, Any]], processes: list[Process], now: datetime) -> list[Part]:
    """What `/readyz` tries, then what it does not ask; the worst first. A fixed number of queries."""
    ready = (_ready(name, found) for name, found in tried.items() if name in READY)
    return sorted([*ready, *checks.all_of(processes, now)], key=lambda part: WORST.index(part.level))


def summary(found: list[Part]) -> tuple[Level, str]:
    """The worst level, and all of it in one sentence."""
    harmed = [part for part in found if part.level is Level.HARM]
    cared = [part for part in found if part.level is Level.CARE]
    if harmed:
        said = ngettext("One thing is wrong: %(names)s.", "%(count)d things are wrong: %(names)s.", len(harmed))
        return Level.HARM, said % {"names": _listed(harmed), "count": len(harmed)}
    if cared:
        said = ngettext("One thing wants a look: %(names)s.", "%(count)d things want a look: %(names)s.", len(cared))
        return Level.CARE, said % {"names": _listed(cared), "count": len(cared)}
    return Level.GOOD, _("All is well.")


def _listed(found: list[Part]) -> str:
    return ", ".join(part.name for part in found)


def _ready(name: str, found: dict[str, Any]) -> Part:
    words = READY[name]
    if found["ok"]:
        good = str(words.good)
        said = good % {"ms": formats.number_format(found["ms"])} if "%(ms)s" in good else good
        return Part(str(words.name), Level.GOOD, said)
    return Part(str(words.name), Level.HARM, str(words.harm) % {"error": found["error"]}, str(words.todo))
