"""Ten readers that stall, and clients that flood, beside people who talk."""

import asyncio
import json
import uuid
from collections import Counter

import pytest

from chat.connection import issue
from chat.services import rooms
from tests.chaos.results import scaled
from tests.chaos.rude import Flood, Stalled
from tests.servers import DaphneServer

OUTBOUND = scaled(1, 8)  # MiB that the server holds for one reader
LONG_TEXT = "🫠" * 7_500  # 30 kB


@pytest.fixture
async def stalled(cookies, room):
    """Readers of the room of Alice and Bob that have stalled: `stalled(server, alice, "digi.v2")`."""
    there: list[Stalled] = []

    async def stall(server: DaphneServer, user, dialect: str | None, **options) -> Stalled:
        address = f"{server.socket_url}/ws/chat/{issue(room.pk, user.pk)}/"
        there.append(await Stalled(address, server.url, cookies[user.pk], dialect=dialect, **options).come())
        return there[-1]

    yield stall
    for one in there:
        await one.leave()


@pytest.mark.timeout(240)
async def test_ten_readers_that_stall_cost_bounded_memory_and_hold_up_nobody(
    start_unhurried, crowd, client, stalled, alice, bob, pulse
):
    server = start_unhurried(DIGI_LIMIT_OUTBOUND=str(OUTBOUND * 2**20), **pulse)
    people = crowd(server)
    writer = people.clients[0]
    silent = [await stalled(server, user, "digi.v2", reads=True) for user in (alice, bob)]
    modern = [await stalled(server, user, "digi.v2") for user in (alice, bob, alice)]
    simple = [await stalled(server, user, None) for user in (alice, bob, alice, bob, alice)]

    async with people.load():
        before = server.memory()
        for _ in range((OUTBOUND + 8) * 2**20 // len(LONG_TEXT.encode())):
            writer.post(LONG_TEXT)
            await asyncio.sleep(0.02)
        most = server.memory()
        await asyncio.sleep(scaled(5, 70))  # longer than the server waits for an acknowledgement
    ends = [await one.wake() for one in (*silent, *modern, *simple)]

    codes = [code for _, code in ends]
    people.notes.append(f"closes of the stalled: {dict(Counter(codes))}")
    result = await people.check(f"10 stalled readers, {OUTBOUND} MiB held for one")
    assert max(most, result.memory[1]) - before < 10 * OUTBOUND + 40
    assert codes[:2] == [4408, 4408]
    assert set(codes[2:]) <= {4408, 1006}  # behind what nobody read, the code itself may not have come through
    assert all(one.closes == [] for one in people.clients)
    assert server.output().count("a reader stalled and was dropped") == 5
    for frames, _ in ends[:5]:
        numbers = [frame["n"] for frame in frames if "n" in frame]
        assert len(numbers) <= 257
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


FLOODS = {  # and what they are thrown out with
    "typing": ('{"type":"typing"}', 4429),
    "garbage": ("{" * 100, 4400),
    "too large": (json.dumps({"type": "add", "cid": str(uuid.UUID(int=1)), "message": "x" * 140_000}), 4413),
}
OWN_PACE = {"DIGI_LIMIT_MESSAGES": "100000/60s"}  # what the crowd writes is within every other limit


@pytest.fixture
def mallory(person, session_cookie) -> tuple[str, str]:
    """The cookie of somebody with a room, and a connection id for it."""
    made = person("mallory")
    room = rooms.open_pair(by=made, other=person("victim"))[0]
    return session_cookie(made), issue(room.pk, made.pk)


async def test_clients_that_flood_are_thrown_out_and_disturb_nobody(start_server, crowd, mallory):
    server = start_server(**OWN_PACE)
    people = crowd(server, rate=2)
    cookie, connection_id = mallory
    address = f"{server.socket_url}/ws/chat/{connection_id}/"
    floods = {
        name: Flood(address, server.url, cookie, frame=frame, source=f"127.0.0.{number}")
        for number, (name, (frame, _)) in enumerate(FLOODS.items(), 2)
    }

    async with people.load():
        await asyncio.gather(*(flood.run(scaled(4, 15), FLOODS[name][1]) for name, flood in floods.items()))

    people.notes += [f"{name}: {one.sent} frames, closed {dict(one.closes)}" for name, one in floods.items()]
    result = await people.check("three floods: frames, garbage, frames too large")
    assert result.longest < scaled(8, 2)
    assert all(floods[name].closes[code] for name, (_, code) in FLOODS.items())
    assert floods["typing"].errors["rate_limited"]
    assert floods["garbage"].errors.keys() == {"bad_frame"}
    assert all(one.closes == one.put_off == [] for one in people.clients)
    assert "Traceback" not in server.output()
