"""The ring's key is replaced under load: servers are restarted in turn, `rotate_keys` is killed, nothing is lost."""

import asyncio
import itertools
import os
import signal
import sys
import time

import pytest

from chat.models import Message, RoomKey
from chat.services import sealing
from digi.crypto import Unreadable, ring
from digi.management import rotation
from digi.management.sealed import PLACES
from digi.secrets import fresh
from tests.chaos.results import LONG, scaled
from tests.chat.sockets import aside
from tests.chat.storms import stands
from tests.conftest import PASSWORD
from tests.digi.accounts.test_two_factor import code
from tests.digi.furnished import SECRET, VALUES, Furnished, more_keys
from tests.servers import ROOT, DaphneServer, database_url
from tests.visitor import TOKEN, Visitor

KEYS = scaled(1_500, 10_000)  # data keys beside those of the crowd's rooms
DATA_KEYS = PLACES[0]


@pytest.fixture
def old():
    return fresh(32)


@pytest.fixture(autouse=True)
def _old_ring(settings, old):
    """Before anything is sealed."""
    settings.DIGI_ENCRYPTION_KEYS = [old]
    sealing.forget()


@pytest.fixture
def furnished(person):
    """What somebody has who is not in the crowd, and keys enough for a rotation to last."""
    made = Furnished(person("dave"), person("erin"))
    more_keys(made.room, KEYS)
    return made


@pytest.fixture
def host(tmp_path, start_unhurried, redis_url, pulse):
    """Start servers, each with a ring of its own: `host([old])`, in a thread that lives on."""
    numbers = itertools.count()

    def start(keys: list[str]) -> "Host":
        return Host(tmp_path / f"ring{next(numbers)}", keys, start_unhurried, redis_url, pulse)

    return start


class Host:
    """A server whose ring lies in a file of its own."""

    def __init__(self, path, keys, start, redis_url, options) -> None:
        self.path = path
        self._write(keys)
        more = {"DIGI_ENCRYPTION_KEYS_FILE": str(path), **options}
        self.server: DaphneServer = start(redis_url=redis_url, **more)

    def restart(self, keys: list[str]) -> None:
        self._write(keys)
        self.server.stop()
        self.server.start()

    def _write(self, keys: list[str]) -> None:
        self.path.write_text(",".join(keys))


def rotate(keys: list[str], *options: str):
    environment = {**os.environ, "DIGI_DATABASE_URL": database_url(), "DIGI_ENCRYPTION_KEYS": ",".join(keys)}
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
    command = [sys.executable, "manage.py", "rotate_keys", *options]
    return asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, **pipes)


def is_renewed(position: int) -> bool:
    """Does the newest key open the data key at this place in the table?"""
    key = RoomKey.objects.order_by("pk")[position]
    return ring().opener("wrap", bytes(key.wrapped), sealing.key_context(key.room_id, key.month)) == 0


async def rotate_and_kill(keys: list[str], position: int) -> None:
    """kill -9, as soon as it has come to this row."""
    running = await rotate(keys, "--at-once", str(scaled(5, 20)))
    while running.returncode is None and not await aside(is_renewed, position):
        await asyncio.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    said, _ = await running.communicate()
    assert running.returncode == -signal.SIGKILL, said.decode()


def sign_in(server: DaphneServer, factor: str) -> int:
    """What /me/ answers after a sign-in with a second factor."""
    visitor = Visitor(server.url)
    step = visitor.ask("GET", visitor.sign_in("dave", PASSWORD).headers["Location"])
    fields = {"code": factor, "csrfmiddlewaretoken": TOKEN.search(step.text)[1]}
    visitor.ask("POST", str(step.url), data=fields, headers={"Referer": str(step.url)})
    return visitor.ask("GET", "/me/").status_code


def within(people, began: float, ended: float) -> float:
    """Seconds within which 99 of 100 of what was written in this time came back to its writer."""
    took = sorted(
        one.seen[one.answers[cid]["n"]] - moment
        for one in people.clients
        for cid, moment in one.posted.items()
        if began <= moment <= ended
    )
    return took[len(took) * 99 // 100]


def counted() -> dict[str, set[int]]:
    """The keys that are needed, by their places in the ring."""
    return {place.name: set(rotation.census(place)) for place in PLACES}


@pytest.mark.timeout(600)
async def test_ring_is_rotated_under_load(host, crowd, client, furnished, pairs, settings, old):
    new = fresh(32)
    rings = scaled([[new, old], [old, new]], [[old], [old]])
    first, second = await asyncio.gather(*(asyncio.to_thread(host, ring) for ring in rings))
    people = crowd(first.server, second.server)  # with ids of the old key, which all servers know to the end
    settings.DIGI_ENCRYPTION_KEYS = [new, old]
    now = asyncio.get_running_loop().time

    async with people.load():
        if LONG:
            for one, keys in ((first, [old, new]), (second, [old, new]), (first, [new, old])):
                with people.fault():
                    await asyncio.to_thread(one.restart, keys)
                await asyncio.sleep(3)
        # Now the one seals with the new key and the other with the old one, and each opens what the other seals.
        for number in range(kills := scaled(1, 4)):
            await rotate_and_kill([new, old], KEYS * (number + 1) // (kills + 2))
            assert await asyncio.to_thread(sign_in, (second, first)[number % 2].server, furnished.codes[number]) == 200
        left = (await aside(rotation.census, DATA_KEYS))[1]
        with people.fault():
            await asyncio.to_thread(second.restart, [new, old])
        await asyncio.sleep(scaled(0.5, 5))
        calm = now()
        await asyncio.sleep(scaled(0, 5))

        began, clock = now(), time.monotonic()
        last = await rotate([new, old])
        said = (await last.communicate())[0].decode()
        took, ended = time.monotonic() - clock, now()

    assert last.returncode == 0, said
    assert "opens everything that is stored" in said
    assert 0 < left < KEYS + 10
    settings.DIGI_ENCRYPTION_KEYS = [new]
    sealing.forget()
    for room, _ in pairs:
        await aside(room.refresh_from_db)
    await people.settle()
    people.notes.append(f"killed {kills} times, the last run renewed {left} keys and looked at all in {took:.1f} s")
    people.notes.append(f"99 % within {within(people, began - 1, ended):.3f} s beside it")
    people.notes += [f"{within(people, calm, began):.3f} s before"] if LONG else []
    await people.check("a new encryption key: each server restarted, rotate_keys killed")
    await stands_with(new, host, client, furnished, pairs, settings)
    await opens_nothing(old, furnished, settings)


async def stands_with(new: str, host, client, furnished, pairs, settings) -> None:
    """A server that has the new key alone shows everything, and takes more."""
    server = (await asyncio.to_thread(host, [new])).server

    readers = [(client(server, user, room), room) for room, user in pairs]
    for reader, room in readers:
        await reader.until(lambda one: one.live.is_set())
        assert reader.copy.messages == await aside(stands, room)
        deleted = Message.objects.filter(room=room, deleted=True)  # what does not open would look like these
        assert reader.texts().count(None) == await aside(deleted.count)
    readers[0][0].post("after it")
    await readers[1][0].until(lambda one: "after it" in one.texts())

    assert await aside(furnished.stands) == furnished.expected()
    assert await asyncio.to_thread(sign_in, server, code(SECRET)) == 200
    assert await aside(counted) == {name: {0} for name in VALUES}


async def opens_nothing(old: str, furnished, settings) -> None:
    settings.DIGI_ENCRYPTION_KEYS = [old]

    assert await aside(counted) == {name: {rotation.NO_KEY} for name in VALUES}
    with pytest.raises(Unreadable):
        await aside(furnished.stands)
