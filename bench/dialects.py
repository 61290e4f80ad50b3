"""What each server speaks: how to enter, how to say message number N, and which frame is that message arriving."""

import uuid
from collections.abc import Callable
from itertools import count
from time import monotonic
from typing import Protocol

from bench.clients import Client, Fleet
from bench.people import Person

WORDS = b"we could meet at four in the lab, the second camera is back"
Told = Callable[[Client, int], None]  # this client received message number N


class Dialect(Protocol):
    """One server's language."""

    def enter(self, fleet: Fleet, person: Person, *, port: int, told: Told) -> Client:
        """Open a socket that calls `told` for every message that arrives."""
        ...

    def ready(self, client: Client) -> bool:
        """Whether live messages arrive from now on."""
        ...

    def add(self, number: int) -> bytes:
        """The frame that says message `number`, between 0 and 999 999 999."""
        ...

    def settle(self, client: Client) -> None:
        """Confirm what has arrived; raises RuntimeError if the server sent an error or left a number out."""
        ...


def number_in(payload: bytes) -> int:
    """The number of the message a frame carries."""
    at = payload.index(b"#") + 1
    return int(payload[at : at + 9])


class Tutorial:
    """`{"message": …}` there and back."""

    def enter(self, fleet: Fleet, person: Person, *, port: int, told: Told) -> Client:
        client = Client(person, port=port)
        client.heard = lambda client, payload: told(client, number_in(payload))
        return fleet.add(client)

    def ready(self, client: Client) -> bool:
        return True

    def add(self, number: int) -> bytes:
        return b'{"message": "#%09d# %s"}' % (number, WORDS)

    def settle(self, client: Client) -> None:
        pass


class DigiSeed:
    """Digi's seed dialect: no numbers, no confirmations."""

    def __init__(self, words: bytes = WORDS) -> None:
        self._words = words

    def enter(self, fleet: Fleet, person: Person, *, port: int, told: Told, receive_buffer: int = 0) -> Client:
        client = Client(person, port=port, receive_buffer=receive_buffer)
        client.heard = lambda client, payload: told(client, number_in(payload))
        return fleet.add(client)

    def ready(self, client: Client) -> bool:
        return True

    def add(self, number: int) -> bytes:
        return b'{"type":"add","message":"#%09d# %s"}' % (number, self._words)

    def settle(self, client: Client) -> None:
        pass


class DigiV2:
    """digi.v2 as a browser speaks it: resumes once it is welcomed, acknowledges what it has received."""

    def __init__(self, words: bytes = WORDS) -> None:
        self._words = words
        self._prefix = str(uuid.uuid4())[:24].encode()  # in order, as a browser's begin with the time
        self._cids = count()

    def enter(
        self,
        fleet: Fleet,
        person: Person,
        *,
        port: int,
        told: Told,
        since: int | None = None,
        receive_buffer: int = 0,
    ) -> Client:
        client = Client(person, port=port, subprotocol="digi.v2", receive_buffer=receive_buffer)
        client.heard = DigiReader(told, since)
        return fleet.add(client)

    def ready(self, client: Client) -> bool:
        return reader(client).synced

    def add(self, number: int) -> bytes:
        return b'{"type":"add","cid":"%s%012x","message":"#%09d# %s","reply_to":null}' % (
            self._prefix,
            next(self._cids),
            number,
            self._words,
        )

    def settle(self, client: Client) -> None:
        reader(client).acknowledge(client)
        if reader(client).wrong:
            raise RuntimeError(
                f"{len(reader(client).wrong)} frames were not as they should: {reader(client).wrong[0]!r}"
            )


class DigiReader:
    """What one digi.v2 client remembers: acknowledges every 32 changes, or those of the last second."""

    __slots__ = ("acked", "acked_at", "n", "since", "synced", "told", "wrong")

    def __init__(self, told: Told, since: int | None = None) -> None:
        self.told, self.since = told, since
        self.synced = False
        self.n = self.acked = 0
        self.acked_at = 0.0
        self.wrong: list[bytes] = []

    def __call__(self, client: Client, payload: bytes) -> None:
        if payload.startswith(b'{"type":"add","n":'):
            n = int(payload[18 : payload.index(b",", 18)])
            if n != self.n + 1:
                self.wrong.append(payload)
            self.n = n
            if n - self.acked >= 32 or monotonic() - self.acked_at >= 1:
                self.acknowledge(client)
            self.told(client, number_in(payload))
        elif payload.startswith(b'{"type":"welcome","head":'):
            head = int(payload[25 : payload.index(b",", 25)])
            self.n = self.acked = head if self.since is None else self.since
            client.send(b'{"type":"resume","since":%d}' % self.n)
        elif payload.startswith(b'{"type":"synced"'):
            self.synced = True
        elif payload.startswith(b'{"type":"error"'):
            self.wrong.append(payload)

    def acknowledge(self, client: Client) -> None:
        """Tell the server how far we are, unless it knows."""
        if self.n > self.acked:
            client.send(b'{"type":"ack","n":%d}' % self.n)
            self.acked, self.acked_at = self.n, monotonic()


def reader(client: Client) -> DigiReader:
    """The digi.v2 state of a client that `DigiV2.enter` made."""
    assert isinstance(client.heard, DigiReader)
    return client.heard
