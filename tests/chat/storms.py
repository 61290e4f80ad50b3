"""Rooms in which anything happens, in a random order that a seed repeats; and a client's copy of such a room."""

import json
import random
from dataclasses import dataclass, field

from chat.models import Membership, Message
from chat.services import history, journal, rooms
from digi.realtime.wire import text_of
from tests.chat.writing import add, delete, edit, id_of

KINDS = ["add", "add", "add", "reply", "edit", "edit", "edit", "stale", "delete", "again", "empty"]
WORDS = ["hi", "what?", "ja, gleich", "🫠", "x" * 300, "line\nline", "\x00", "Prüfung um 10?"]


class Storm:
    """`blow(n)` tries about n changes in a room by its people; many of them are refused."""

    def __init__(self, room, people, seed: int, *, leaving: bool = True) -> None:
        self.room = room
        self.people = people
        self.leaving = leaving
        self.dice = random.Random(seed)

    def blow(self, changes: int, batch: int = 8) -> None:
        done = 0
        while done < changes:
            if self.dice.random() < 0.2:
                self._service()
                done += 1
            else:
                size = self.dice.randint(1, batch)
                journal.write(self._entries(size))
                done += size

    def _service(self) -> None:
        person = self.dice.choice(self.people)
        away = Membership.objects.filter(room=self.room).exclude(left_at=None).select_related("user").first()
        if away is not None:
            others = [other for other in self.people if other != away.user]
            rooms.open_pair(by=away.user, other=self.dice.choice(others))
        elif self.leaving and self.dice.random() < 0.2:
            rooms.leave(room=self.room, by=person)
        else:
            rooms.set_receipts(room=self.room, by=person, on=self.dice.random() < 0.5)

    def _entries(self, size: int) -> list:
        self.room.refresh_from_db(fields=["head"])
        made, head = [], self.room.head
        for _ in range(size):
            person, text = self.dice.choice(self.people), self.dice.choice(WORDS)
            target = id_of(self.room, self.dice.randint(max(1, head - 12), head + 2))
            kind = self.dice.choice(
                ["add", "add", "add", "reply", "edit", "edit", "edit", "stale", "delete", "again", "empty"]
            )
            match kind:
                case "add":
                    made.append(add(self.room, person, text))
                case "reply":
                    made.append(add(self.room, person, text, reply_to=target))
                case "edit":
                    made.append(edit(self.room, person, target, text))
                case "stale":
                    made.append(edit(self.room, person, target, text, base_rev=self.dice.randint(1, 3)))
                case "delete":
                    made.append(delete(self.room, person, target))
                case "again" if made:
                    made.append(self.dice.choice(made))
                case _:
                    made.append(add(self.room, person, " "))
            head += 1
        return made


@dataclass
class Copy:
    """What a digi.v2 client knows of a room: frames applied strictly by number."""

    head: int = 0
    messages: dict[str, tuple] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    settings: dict[tuple, str] = field(default_factory=dict)

    def apply(self, frame: dict) -> None:
        first, last = (frame["from"], frame["to"]) if frame["type"] == "passed" else (frame["n"], frame["n"])
        assert first == self.head + 1, (self.head, frame)
        assert last >= first
        self.head = last
        getattr(self, "_" + frame["type"])(frame)

    def clone(self) -> "Copy":
        return Copy(self.head, dict(self.messages), dict(self.members), dict(self.settings))

    def _add(self, frame: dict) -> None:
        known = self.messages.get(frame["message_id"])
        assert known is None or known[2] < frame["rev"]
        self.messages[frame["message_id"]] = (
            frame["seq"], frame["user"], frame["rev"], frame["message"], frame["reply_to"], frame["cid"]
        )  # fmt: skip

    def _edit(self, frame: dict) -> None:
        seq, user, rev, text, reply_to, cid = self.messages[frame["message_id"]]
        assert (seq, user) == (frame["seq"], frame["user"])
        assert rev < frame["rev"]
        assert text is not None, "deleted text came back"
        self.messages[frame["message_id"]] = (seq, user, frame["rev"], frame["message"], reply_to, cid)

    def _delete(self, frame: dict) -> None:
        self.messages[frame["message_id"]] = (frame["seq"], frame["user"], frame["rev"], None, None, None)

    def _passed(self, frame: dict) -> None:
        """Something that came later stands for it."""

    def _member(self, frame: dict) -> None:
        self.members[frame["user"]] = frame["state"]

    def _setting(self, frame: dict) -> None:
        self.settings[frame["user"], frame["name"]] = frame["value"]


def frames(look_or_events) -> list[dict]:
    return [json.loads(text_of(event.frame)) for event in look_or_events]


def stands(room) -> dict[str, tuple]:
    """What a room's messages are, by id, as a client that has seen everything must know them."""
    found = {}
    for shown in history.page(room, limit=Message.objects.filter(room=room).count() + 1)[0]:
        kept = (shown.reply_to, shown.cid) if not shown.deleted else (None, None)
        found[shown.message_id] = (shown.seq, shown.user, shown.rev, shown.message, *kept)
    return found
