"""The shape that every event shares, and how a batch of them travels between processes."""

from functools import cache
from typing import Any, Union

import msgspec


class Event(msgspec.Struct, kw_only=True, dict=True, tag_field="type"):
    """Something that happened, for whoever has joined `topic` (such as `room:12`).

    `n` is the event's number in its topic, or 0 where the topic's sequence is not concerned. Subclasses set `tag`,
    the event's type on the layer: a socket handles `chat.message` in its method `chat_message`. Frames made from an
    event are kept in its `__dict__` (functools.cached_property), so that they are encoded once however many receive
    them, and are not sent along.
    """

    topic: str
    n: int = 0

    @property
    def handler(self) -> str:
        """The name of the method that a socket handles it in."""
        return _handler_of(type(self))


class SocketsClosed(Event, tag="sockets.close"):
    """An order to close sockets: the topic is `user:<id>` or `session:<digest>`; `prefix` limits it to one topic."""

    code: int
    within: str = ""


@cache
def _handler_of(kind: type[Event]) -> str:
    return str(kind.__struct_config__.tag).replace(".", "_")


def _kinds(base: type[Event] = Event) -> list[type[Event]]:
    found: list[type[Event]] = []
    for kind in base.__subclasses__():
        found += [kind, *_kinds(kind)]
    return found


@cache
def _decoder() -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(list[Union[tuple(_kinds())]])  # type: ignore[misc]  # noqa: UP007


_encoder = msgspec.msgpack.Encoder(uuid_format="canonical")
_parter = msgspec.msgpack.Decoder(list[msgspec.Raw])


def pack(events: list[Event] | list[msgspec.Raw]) -> bytes:
    """A batch of events as one sequence of bytes."""
    return _encoder.encode(events)


def parted(body: bytes) -> list[msgspec.Raw]:
    """A batch's events, each still packed, to pack them with others."""
    return _parter.decode(body)


def unpack(body: bytes) -> list[Event]:
    """The batch again. Raises msgspec.ValidationError for anything that is not one of ours."""
    events: list[Event] = _decoder().decode(body)
    return events
