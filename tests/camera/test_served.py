"""Cameras through running servers: the seed's client, one process and two, slow readers, and whatever dies."""

import asyncio
import time

import pytest

from camera import camera_pb2 as pb
from camera.services import settings
from tests.camera.served import Film, Guests
from tests.chat.sockets import aside, eventually
from tests.servers import RedisServer

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
async def guests(transactional_db, session_cookie, token):
    found = Guests(session_cookie, token)
    yield found
    await found.close()


@pytest.fixture
def redis():
    with RedisServer() as server:
        yield server


@pytest.fixture
def pair(start_server, redis):
    """Two servers on one Redis."""
    return [start_server(redis_url=redis.url) for _ in range(2)]


async def test_seed_client_reads_settings_without_a_session(server, guests, camera, bob):
    client = await guests.open(server, {}, protocol=None)
    first = await client.settings()
    viewer = await guests.watch(server, bob)

    await viewer.say(set_settings={"settings": {"brightness": 42}})

    assert (first.brightness, first.camera_name) == (0, "Demo camera")
    assert (await client.settings()).brightness == 42


async def test_large_picture_of_an_agent_passes_and_that_of_a_viewer_does_not(server, guests, camera, bob):
    agent, viewer = await guests.bring(server), await guests.watch(server, bob, max_size=2**22)
    film = Film(agent, size=1_000_000, fps=2)

    picture = (await viewer.hear_next("video_chunk")).video_chunk
    await film.stop()
    await viewer.socket.send(b"x" * 140_000)
    await viewer.socket.wait_closed()

    assert len(picture.data) == 1_000_000
    assert viewer.socket.close_code == 4413


async def test_picture_comes_within_300_ms_of_joining(server, guests, camera, bob, carol):
    film = Film(await guests.bring(server), keyframes=10**9)  # none but those that are asked for
    await guests.watch(server, bob)
    waits = []

    for _ in range(5):
        began = time.monotonic()
        late = await guests.watch(server, carol)
        picture = (await late.hear_next("video_chunk")).video_chunk
        waits.append(time.monotonic() - began)
        assert picture.keyframe
        await late.socket.close()
        await asyncio.sleep(0.15)

    await film.stop()
    assert min(waits) < 0.3, waits  # what else a machine does makes some of them longer


async def test_viewers_of_both_processes_see_the_agent_of_one(pair, guests, camera, bob, carol):
    here, there = pair
    agent = await guests.bring(here)
    film = Film(agent)
    near, far = await guests.watch(here, bob), await guests.watch(there, carol)

    first = [(await one.hear_next("video_chunk")).video_chunk for one in (near, far)]
    await far.say(flow_ack=pb.FlowAck(received=1))
    follows = (await far.hear_next("video_chunk")).video_chunk
    status = await counted(far, 2)

    assert [picture.keyframe for picture in first] == [True, True]
    assert follows.seq == first[1].seq + 1
    assert (status.online, status.viewers) == (True, 2)
    await film.stop()


async def counted(link, people: int):
    """The status that tells of so many."""
    while (status := (await link.hear_next("status", "video_chunk")).status).viewers != people:
        pass
    return status


async def test_order_reaches_the_agent_of_another_process_and_its_answer_comes_back(pair, guests, camera, bob):
    here, there = pair
    agent, operator = await guests.bring(here), await guests.watch(there, bob)

    await operator.say(set_settings={"settings": {"contrast": 2}, "if_revision": 1})
    order = (await agent.hear_next("settings_changed")).settings_changed.desired
    await agent.say(settings_ack=pb.SettingsAck(revision=order.revision, applied=order))

    told = (await operator.hear_next("settings_ack")).settings_ack
    assert (order.contrast, told.revision, told.applied.contrast) == (2, 2, 2)


async def test_agent_that_comes_to_another_process_takes_over(pair, guests, camera, bob):
    here, there = pair
    older, viewer = await guests.bring(here), await guests.watch(here, bob)

    newer = await guests.bring(there)
    error = (await older.hear_next("error")).error
    await older.socket.wait_closed()
    film = Film(newer, epoch=5)

    assert (error.code, older.socket.close_code) == ("taken_over", 4409)
    assert (await viewer.hear_next("video_chunk")).video_chunk.stream_epoch == 5
    await film.stop()


async def test_pictures_and_orders_come_back_with_redis(pair, redis, guests, camera, bob, carol):
    here, there = pair
    agent = await guests.bring(here)
    film = Film(agent)
    near, far = await guests.watch(here, bob), await guests.watch(there, carol)
    await far.hear_next("video_chunk")

    redis.kill()
    await near.hear_next("video_chunk")  # this process needs nobody
    await aside(settings.change, camera=camera, by=bob, patch={"contrast": 3})  # by a process that cannot tell
    redis.start()

    taken = asyncio.create_task(show(far, seconds=40))
    async with asyncio.timeout(40):  # the next heartbeat at the latest, 25 s
        while not film.orders or film.orders[-1].contrast != 3:
            await asyncio.sleep(0.1)
    numbers = await taken
    assert numbers[-1] - numbers[0] > 60
    await film.stop()


async def show(link, *, seconds: float) -> list[int]:
    """Take pictures, acknowledge them, and go on until thirty have come one after the other."""
    numbers: list[int] = []
    row = 0
    async with asyncio.timeout(seconds):
        received = 1
        await link.say(flow_ack=pb.FlowAck(received=received))
        while row < 30 or numbers[-1] - numbers[0] <= 60:
            number = (await link.hear_next("video_chunk", timeout=seconds)).video_chunk.seq
            row = row + 1 if numbers and number == numbers[-1] + 1 else 0
            numbers.append(number)
            received += 1
            await link.say(flow_ack=pb.FlowAck(received=received))
    return numbers


async def test_killed_server_is_forgotten_and_the_agent_comes_to_another(pair, guests, camera, bob):
    here, there = pair
    await guests.bring(here)
    viewer = await guests.watch(there, bob)

    here.kill()
    while (status := (await viewer.hear_next("status", timeout=40)).status).online:
        pass
    reason = status.reason
    film = Film(await guests.bring(there))

    assert reason == "lost"
    assert (await viewer.hear_next("video_chunk")).video_chunk.keyframe
    await film.stop()


async def test_slow_viewer_lags_two_seconds_at_most_and_its_pictures_follow(server, guests, camera, bob):
    film = Film(await guests.bring(server))
    viewer = await guests.watch(server, bob)
    behind, before, dropped = [], None, 0  # in pictures, of which thirty are a second: no machine is too slow for that

    for received in range(1, 80):
        word = await viewer.hear_next("video_chunk", "dropped")
        if word.HasField("dropped"):
            dropped += word.dropped.dropped_before
            word = await viewer.hear_next("video_chunk")
        picture = word.video_chunk
        behind.append(film.seq - picture.seq)
        assert picture.keyframe or picture.seq == before + 1
        before = picture.seq
        shown = film.seq
        await eventually(lambda at=shown: film.seq >= at + 3)  # a line that takes ten a second of thirty
        await viewer.say(flow_ack=pb.FlowAck(received=received, rtt_ms=50 if received < 5 else 2000))

    await film.stop()
    assert dropped > 50
    assert sorted(behind)[60] < 60, behind  # without credit the last of them are 150 behind


async def test_stalled_viewers_cost_no_memory(start_server, guests, camera, bob):
    server = start_server(DIGI_LIMIT_CONNECTS="1000/1s")
    film = Film(await guests.bring(server), size=6250)
    viewers = [await guests.watch(server, bob) for _ in range(10)]
    await asyncio.sleep(2)
    for viewer in viewers:
        viewer.socket.transport.pause_reading()
    before = server.memory()

    await asyncio.sleep(8)

    assert server.memory() - before < 5
    await film.stop()
    for viewer in viewers:
        viewer.socket.transport.abort()
