"""The way between processes: whole batches, sealed, patient with a Redis that is away."""

import asyncio
import json
import random
import socket as sockets
from itertools import chain
from types import SimpleNamespace

import msgspec
import pytest
from channels.layers import channel_layers, get_channel_layer

from chat.events import MessageAdded, Typing
from digi import tally
from digi.realtime import layer
from digi.realtime.events import Event, SocketsClosed, pack, unpack
from digi.realtime.layer import GROUP, Link, send_once
from digi.realtime.wire import text_of


def added(n: int, room: int = 1, text: str = "hi") -> MessageAdded:
    return MessageAdded(
        topic=f"room:{room}", n=n, room="r", seq=n, rev=1, message_id="m", user="alice", message=text, at="t", cid="c"
    )


# What travels


def test_batch_of_every_kind_comes_back_equal():
    batch = [added(1), Typing(topic="room:2", room="r", user="bob"), SocketsClosed(topic="user:3", code=4401)]

    assert unpack(pack(batch)) == batch


def test_frames_that_were_made_are_not_sent_along():
    event = added(1)
    before = pack([event])
    assert json.loads(text_of(event.frame))["message"] == "hi"

    assert pack([event]) == before


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x90x", pack([]) + b"x", msgspec.msgpack.encode([{"type": "nope"}])])
def test_bytes_that_are_no_batch_are_refused(body):
    with pytest.raises(msgspec.MsgspecError):
        unpack(body)


def test_every_event_is_named_once_and_handled_by_its_name():
    def kinds(base):
        return [kind for direct in base.__subclasses__() for kind in (direct, *kinds(direct))]

    tags = [kind.__struct_config__.tag for kind in kinds(Event)]

    assert len(set(tags)) == len(tags)
    assert added(1).handler == "chat_message"


# In memory


async def test_in_memory_the_link_has_nobody_to_talk_to(settings):
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    channel_layers.backends.clear()
    link = Link(lambda events: pytest.fail("an event came back"))

    link.start()
    link.send([added(1)])
    await send_once([added(2)])
    await link.close()

    assert link.healthy


# Over Redis


@pytest.fixture
def on_redis(settings, redis_url):
    from tests.conftest import redis_layer

    settings.CHANNEL_LAYERS = redis_layer(redis_url)
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()


@pytest.fixture
async def link(on_redis):
    """A link, and what it has received."""
    heard: list[Event] = []
    made = Link(heard.extend)
    made.start()
    await until(lambda: made.healthy)  # what is published has come round to it
    yield made, heard
    await made.close()


async def until(holds) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.01)


async def test_batches_of_other_processes_arrive_whole(link):
    _own, heard = link
    batch = [added(n, room) for n in range(1, 4) for room in range(1, 30)]

    await send_once(batch)
    await until(lambda: len(heard) == len(batch))

    for room in range(1, 30):
        assert [event.n for event in heard if event.topic == f"room:{room}"] == [1, 2, 3]
    assert sorted(heard, key=repr) == sorted(batch, key=repr)


async def test_a_process_does_not_hear_itself(link):
    own, heard = link

    own.send([added(1)])
    await send_once([added(2)])
    await until(lambda: heard)

    assert [event.n for event in heard] == [2]


async def test_a_foreign_message_is_passed_over(link, caplog):
    _own, heard = link
    channel_layer = get_channel_layer()

    for body in (b"\xff", "text", None, pack([]) + b"x"):
        await channel_layer.group_send(GROUP, {"type": "events", "from": "", "body": body})
    await channel_layer.group_send(GROUP, {"type": "other"})
    await send_once([added(n, room) for n in (1,) for room in range(1, 30)])
    await until(lambda: len(heard) == 29)

    assert "unknown shape" in caplog.text


async def test_batch_that_cannot_be_packed_and_one_that_nobody_can_take_end_nothing(link, caplog):
    own, heard = link
    unpackable = added(1)
    unpackable.message = object()
    received, own._receive = own._receive, lambda events: 1 / 0

    own.send([unpackable])
    await send_once([added(2)])
    await until(lambda: caplog.text.count("Traceback") == 2)
    own._receive = received
    own.send([added(3)])
    await asyncio.sleep(0.6)
    await send_once([added(4)])
    await until(lambda: heard)

    assert [event.n for event in heard] == [4]
    assert not any(task.done() for task in own._tasks)


async def test_closing_ends_at_once_whatever_the_link_is_doing(on_redis):
    """asyncio.wait_for can lose a cancellation; the link must end all the same."""
    dice = random.Random(1)

    for _ in range(60):
        link = Link(lambda events: None)
        link.start()
        for number in range(dice.randint(0, 4)):
            link.send([added(number)])
            await asyncio.sleep(dice.random() * 0.003)
        async with asyncio.timeout(20):
            await link.close()


async def test_redis_that_is_not_there_costs_a_log_line_and_nothing_else(settings, caplog):
    from tests.conftest import redis_layer

    with sockets.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        settings.CHANNEL_LAYERS = redis_layer(f"redis://127.0.0.1:{taken.getsockname()[1]}/0")
        channel_layers.backends.clear()
        link = Link(lambda events: None)
        link.start()

        for number in range(50):
            link.send([added(number)])
        await until(lambda: not link.healthy)
        await asyncio.sleep(0.3)
        await link.close()

    channel_layers.backends.clear()
    assert len([record for record in caplog.records if record.name == "digi.realtime.layer"]) == 1


@pytest.fixture
def unsent(settings, monkeypatch):
    """A link whose queue may hold ten thousand bytes and is never emptied."""
    from tests.conftest import redis_layer

    monkeypatch.setattr(layer, "BACKLOG", 10_000)
    settings.CHANNEL_LAYERS = redis_layer("redis://127.0.0.1:1/0")
    channel_layers.backends.clear()
    yield Link(lambda events: None)
    channel_layers.backends.clear()


def queued(link: Link) -> list[list[Event]]:
    return [unpack(link._queue.get_nowait()) for _ in range(link._queue.qsize())]


async def test_queue_of_a_dead_redis_is_bounded_by_bytes_and_the_oldest_go(unsent):
    dropped_before = tally._counted["digi_layer_drops:full"]

    for number in range(1, 31):
        unsent.send([added(number, text="x" * 1000)])
    kept = queued(unsent)

    assert [event.n for [event] in kept] == list(range(31 - len(kept), 31))
    assert 8_000 < sum(len(pack(batch)) for batch in kept) <= 10_000
    assert tally._counted["digi_layer_drops:full"] - dropped_before == 30 - len(kept)


@pytest.fixture
def published(unsent, monkeypatch):
    """What the link publishes: the numbers of each publication's events."""
    sent: list[list[int]] = []

    async def group_send(group: str, message: dict) -> None:
        sent.append([event.n for event in unpack(message["body"])])

    monkeypatch.setattr(unsent, "_layer", SimpleNamespace(group_send=group_send))
    return sent


@pytest.mark.parametrize(("first", "publications"), [(layer.FEW + 1, 2), (layer.FEW, 6)], ids=["several", "few"])
async def test_batches_that_follow_a_larger_one_share_a_publication(
    unsent, published, monkeypatch, first, publications
):
    monkeypatch.setattr(layer, "PACE", 1.0)
    sender = asyncio.create_task(unsent._send_all())

    for batch in [range(1, first + 1), *([number] for number in range(10, 15))]:
        unsent.send([added(number) for number in batch])
        for _ in range(20):
            await asyncio.sleep(0)  # whoever does not wait has published it then
    await until(lambda: published[-1][-1] == 14)
    sender.cancel()

    assert list(chain(*published)) == [*range(1, first + 1), *range(10, 15)]
    assert len(published) == publications


async def test_publication_does_not_grow_without_end(unsent, published, monkeypatch):
    monkeypatch.setattr(layer, "MANY", 3)
    for number in range(1, 8):
        unsent.send([added(number)])

    sender = asyncio.create_task(unsent._send_all())
    await until(lambda: len(published) == 3)
    sender.cancel()

    assert published == [[1, 2, 3], [4, 5, 6], [7]]


@pytest.mark.parametrize("sizes", [(1, 20_000), (20_000, 1)])
async def test_batch_that_fills_the_queue_waits_alone(unsent, sizes):
    for number, size in enumerate(sizes):
        unsent.send([added(number, text="x" * size)])

    assert [event.n for [event] in queued(unsent)] == [1]
