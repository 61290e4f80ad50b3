"""Entries for the journal in few words, and what it tells."""

from contextlib import contextmanager

from chat.models import ChangeKind
from chat.services import history, sealing
from chat.services.entries import Add, Delete, Edit, Note
from digi.realtime import outbox


def add(room, user, text="hi", **more) -> Add:
    return Add(**_author(room, user), text=text, **more)


def edit(room, user, message_id, text="changed", **more) -> Edit:
    return Edit(**_author(room, user), message_id=message_id, text=text, **more)


def delete(room, user, message_id, **more) -> Delete:
    return Delete(**_author(room, user), message_id=message_id, **more)


def setting(room, user, value="off") -> Note:
    return Note(
        room_id=room.pk,
        user_id=user.pk,
        username=user.username,
        kind=ChangeKind.SETTING,
        subject_id=user.pk,
        subject=user.username,
        detail=f"receipts={value}",
    )


def _author(room, user) -> dict:
    return {"room_id": room.pk, "user_id": user.pk, "username": user.username}


def id_of(room, seq: int) -> str:
    """The message id that stands for a seq in a room, whether or not the message exists yet."""
    return sealing.numbering(bytes(room.id_key), room.uuid.bytes).hide(seq)


def texts(room) -> list[str | None]:
    """What a room's messages say; None for what was deleted."""
    return [message.message for message in history.page(room)[0]]


def outcomes(answers) -> list:
    """What the journal said: the number of what was written, or the error's code."""
    return [getattr(answer, "n", None) or answer.code for answer in answers]


class Office:
    """Takes events of rooms and people on, as a hub does; what inboxes are told is tested elsewhere."""

    def __init__(self) -> None:
        self.events: list = []

    def post(self, events: list) -> None:
        self.events += [event for event in events if not event.topic.startswith("inbox:")]

    def aside(self, work) -> None:
        work()


@contextmanager
def office():
    """The events that are published meanwhile."""
    recorder = Office()
    outbox.open_office(recorder)
    try:
        yield recorder.events
    finally:
        outbox.close_office(recorder)


def unheard(write, *arguments):
    """Write as a process does whose events get lost on their way."""
    with outbox.collected():
        return write(*arguments)
