"""kill -9: what was answered is there, what was not is sent again, and everything is there once and in order."""

import asyncio
import uuid

from chat.models import Message
from chat.services import chain, history
from tests.chat.sockets import aside


def said(room) -> list[tuple[str, str]]:
    shown, more = history.page(room, limit=1000)
    assert not more
    return [(message.user, message.message) for message in shown]


async def test_outbox_of_fifty_survives_the_server(start_unhurried, client, room, alice, bob):
    server = await asyncio.to_thread(start_unhurried)
    writer, reader = client(server, alice), client(server, bob)
    await writer.until(lambda one: one.live.is_set())
    await reader.until(lambda one: one.live.is_set())
    texts = [f"message {number}" for number in range(50)]

    cids = [writer.post(text) for text in texts[:25]]
    await asyncio.sleep(0.01)
    server.kill()
    cids += [writer.post(text) for text in texts[25:]]
    await asyncio.sleep(0.3)
    before = len(writer.answers)
    await asyncio.to_thread(server.start)
    await writer.until(lambda one: not one.outbox)
    await reader.until(lambda one: len(one.copy.messages) == 50)

    assert await aside(said, room) == [("alice", text) for text in texts]
    assert before < 50
    assert {answer["duplicate"] for answer in writer.answers.values()} <= {True, False}
    assert [writer.answers[cid]["n"] for cid in cids] == list(range(1, 51))
    for one in (writer, reader):
        assert one.texts() == texts
        assert one.strange == []
    assert await aside(chain.verify, room) is None


async def test_server_that_is_killed_again_and_again_loses_and_doubles_nothing(
    start_unhurried, client, room, alice, bob
):
    """What a client got an ok for is there whatever happens next; nothing is there twice."""
    server = await asyncio.to_thread(start_unhurried)
    writers = [client(server, user) for user in (alice, bob)]
    texts = {one: [] for one in writers}

    async def write(one) -> None:
        for number in range(60):
            texts[one].append(f"{number} {uuid.uuid4().hex[:6]}")
            one.post(texts[one][-1])
            await asyncio.sleep(0.03)

    async def crash() -> None:
        for _ in range(2):
            await asyncio.sleep(0.5)
            answered = {cid for one in writers for cid in one.answers}
            await asyncio.to_thread(server.kill)
            assert len(await aside(stored, answered)) == len(answered)
            await asyncio.to_thread(server.start)

    await asyncio.gather(*map(write, writers), crash())
    for one in writers:
        await one.until(lambda one: not one.outbox)
        await one.until(lambda one: len(one.copy.messages) == 120)

    there = await aside(said, room)
    assert len(there) == 120
    for one, name in zip(writers, ("alice", "bob"), strict=True):
        assert [text for user, text in there if user == name] == texts[one]
        assert one.texts() == [text for _, text in there]
        assert set(one.closes) <= {1006, 1012}
    assert await aside(chain.verify, room) is None


def stored(cids) -> set:
    return set(Message.objects.filter(cid__in=cids).values_list("cid", flat=True))


async def test_server_that_ends_in_an_orderly_way_loses_nothing_either(start_unhurried, client, room, alice, bob):
    server = await asyncio.to_thread(start_unhurried)
    writer, reader = client(server, alice), client(server, bob)
    await writer.until(lambda one: one.live.is_set())
    texts = [f"message {number}" for number in range(100)]

    async def write() -> None:
        for text in texts:
            writer.post(text)
            await asyncio.sleep(0.01)

    async def restart() -> None:
        await asyncio.sleep(0.4)
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)

    await asyncio.gather(write(), restart())
    await writer.until(lambda one: not one.outbox)
    await reader.until(lambda one: len(one.copy.messages) == 100)

    assert reader.texts() == writer.texts() == texts
    assert writer.closes
    assert "Traceback" not in server.output()
