"""The journal: the one way into a room's log.

`write` takes a list of entries, of any rooms, and stores them in one transaction with a fixed number of statements.
A bad entry fails alone: its answer is a `DigiError`. Rooms are locked in the order of their ids. Events leave after
the commit, in the order of their numbers.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from django.db import transaction

from chat.services import alerts
from chat.services.entries import Entry, Written
from chat.services.page import Page
from digi.errors import DigiError
from digi.realtime.publish import publish
from digi.realtime.work import go_on, stand_still
from digi.retries import patiently

Answer = Written | DigiError


def write(entries: Sequence[Entry], at: datetime | None = None) -> list[Answer]:
    """Store the entries; one answer each, in their order. `at` dates what is brought in from elsewhere.

    A deadlock or a lock that was not to be had is tried again as a whole, where this is the outermost transaction.
    """
    if not entries:
        return []
    return patiently(lambda: _write(entries, at or datetime.now(UTC)))


def write_one(entry: Entry) -> Written:
    """Store one entry, or raise what is wrong with it."""
    answer = write([entry])[0]
    if isinstance(answer, DigiError):
        raise answer
    return answer


@transaction.atomic
def _write(entries: Sequence[Entry], at: datetime) -> list[Answer]:
    stand_still()
    page = Page(entries, at)
    answers = page.write()
    publish(*page.events)
    transaction.on_commit(partial(alerts.after, page.events))
    go_on()
    return answers
