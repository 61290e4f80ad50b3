"""What the apps tell the hub at start-up: how to read heads, who is still signed in, what to do at every beat."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol


class Identity(Protocol):
    """Who is behind a socket; `credential` is what `close_sockets(session_key=…)` names: a session or a token."""

    @property
    def user_id(self) -> int: ...
    @property
    def username(self) -> str: ...
    @property
    def credential(self) -> str: ...
    def grants(self, scope: str) -> bool: ...


Heads = Callable[[list[str]], dict[str, int]]

heads: dict[str, Heads] = {}
still_valid: list[Callable[[Sequence[Any]], list[bool]]] = []
beats: list[Callable[[Any], Awaitable[None]]] = []


def numbered(prefix: str, read: Heads) -> None:
    """Topics named `prefix:…` are numbered; `read` gives the heads of a list of them, from the database."""
    heads[prefix] = read


def revalidate_with(check: Callable[[Sequence[Any]], list[bool]]) -> None:
    """`check` says for each identity whether its session or token still stands."""
    still_valid[:] = [check]


def at_every_beat(work: Callable[[Any], Awaitable[None]]) -> None:
    """`work(hub)` runs at every heartbeat, such as the upkeep of presence."""
    if work not in beats:
        beats.append(work)
