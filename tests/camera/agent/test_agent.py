"""The agent's line, with a server of the test's own at the other end: what it says, hears and survives."""

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import serve

from camera import camera_pb2 as pb
from camera.agent.agent import Agent, TakenOver
from camera.agent.sources import opened
from tests.camera.agent.watching import PATIENCE

DEMAND = pb.Envelope(demand=pb.Demand(h264=True))


class Server:
    """Welcomes agents; every line is kept with what came over it. Its port is its own before it listens."""

    def __init__(self) -> None:
        self.lines: asyncio.Queue = asyncio.Queue()
        self._door = socket.socket()
        self._door.bind(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self.heartbeat_ms = 5000
        self.refusals = 0  # of so many handshakes to come

    def look_at(self, line, _request):
        if not self.refusals:
            return None
        self.refusals -= 1
        return line.respond(403, "No.")

    async def welcome(self, line) -> None:
        await line.send(pb.CameraSettings(brightness=3).SerializeToString())
        hello = pb.Envelope.FromString(await line.recv())
        able = pb.Envelope.FromString(await line.recv())
        answer = pb.Hello(role="agent", heartbeat_ms=self.heartbeat_ms, max_bytes=2**21)
        await line.send(pb.Envelope(reply_to=hello.id, hello=answer).SerializeToString())
        await self.lines.put((line, hello, able))
        await line.wait_closed()

    @asynccontextmanager
    async def listening(self):
        options = {"subprotocols": ["camera.v1"], "max_size": None, "close_timeout": 1, "process_request": self.look_at}
        async with serve(self.welcome, sock=self._door, **options):
            yield self


@pytest.fixture
async def server():
    async with Server().listening() as server:
        yield server


@asynccontextmanager
async def running(server, *, token=lambda: "dgc_secret", source="clock"):
    agent = Agent(address=f"ws://127.0.0.1:{server.port}/ws/camera/lab/", token=token, source=opened(source))
    task = asyncio.create_task(agent.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_agent_introduces_itself(server):
    async with running(server):
        line, hello, able = await asyncio.wait_for(server.lines.get(), PATIENCE)

    assert line.request.path == "/ws/camera/lab/"
    assert line.request.headers["Authorization"] == "Bearer dgc_secret"
    assert (hello.id, hello.hello.role, list(hello.hello.codecs)) == (1, "agent", [pb.CODEC_H264, pb.CODEC_JPEG])
    assert able.capabilities.ranges["bitrate_bps"] == pb.Range(
        min=100_000, max=8_000_000, step=50_000, default=1_500_000, unit="bit/s", effect=pb.EFFECT_LIVE
    )


async def test_agent_does_what_it_is_asked(server):
    async with running(server):
        line, _, _ = await asyncio.wait_for(server.lines.get(), PATIENCE)
        desired = pb.CameraSettings(contrast=9, revision=5)
        await line.send(pb.Envelope(settings_changed=pb.SettingsChanged(desired=desired)).SerializeToString())
        await line.send(DEMAND.SerializeToString())
        ack = await _next(line, "settings_ack")
        chunk = await _next(line, "video_chunk")
        await line.send(pb.Envelope(keyframe_request=pb.KeyframeRequest()).SerializeToString())
        while not (later := await _next(line, "video_chunk")).keyframe:
            pass
        stats = await _next(line, "stats")

    assert (ack.revision, ack.applied.contrast, ack.fields["contrast"].outcome) == (5, 4, pb.OUTCOME_CLAMPED)
    assert chunk.keyframe
    assert later.seq > chunk.seq
    assert stats.fps > 0
    assert stats.bitrate_bps > 0


async def test_agent_answers_heartbeats_that_want_it_and_no_others(server):
    async with running(server):
        line, _, _ = await asyncio.wait_for(server.lines.get(), PATIENCE)
        for number in (0, 41):
            await line.send(pb.Envelope(id=number, heartbeat=pb.Heartbeat(now_us=7)).SerializeToString())
        await line.send(pb.Envelope(id=9, reply_to=8, heartbeat=pb.Heartbeat(now_us=7)).SerializeToString())
        await line.send(pb.Envelope(id=42, heartbeat=pb.Heartbeat(now_us=7)).SerializeToString())
        heard = []
        while len(heard) < 2:
            envelope = pb.Envelope.FromString(await asyncio.wait_for(line.recv(), PATIENCE))
            heard += [envelope.reply_to] if envelope.HasField("heartbeat") else []

    assert heard == [41, 42]


@pytest.mark.parametrize("frame", [b"\xff\xff", b"", "text"])
async def test_agent_passes_over_what_it_does_not_understand(server, frame):
    async with running(server):
        line, _, _ = await asyncio.wait_for(server.lines.get(), PATIENCE)
        await line.send(frame)
        await line.send(DEMAND.SerializeToString())

        assert (await _next(line, "video_chunk")).keyframe


async def test_agent_comes_again_and_makes_nothing_meanwhile(server):
    async with running(server):
        line, _, _ = await asyncio.wait_for(server.lines.get(), PATIENCE)
        await line.send(DEMAND.SerializeToString())
        first = await _next(line, "video_chunk")
        await line.close()

        line, _, _ = await asyncio.wait_for(server.lines.get(), PATIENCE)
        quiet = pb.Envelope.FromString(await asyncio.wait_for(line.recv(), PATIENCE))
        await line.send(DEMAND.SerializeToString())
        again = await _next(line, "video_chunk")

    assert quiet.HasField("stats")
    assert again.keyframe
    assert (again.stream_epoch, again.seq > first.seq) == (first.stream_epoch, True)


async def test_agent_waits_for_server_and_token():
    words = [""]
    server = Server()
    async with running(server, token=lambda: words[-1]) as task:
        await asyncio.sleep(0.3)
        words.append("dgc_later")
        await asyncio.sleep(0.6)
        async with server.listening():
            line, _, _ = await asyncio.wait_for(server.lines.get(), PATIENCE)

    assert line.request.headers["Authorization"] == "Bearer dgc_later"
    assert task.cancelled()


async def test_agent_leaves_a_server_that_has_fallen_silent(server):
    server.heartbeat_ms = 100
    async with running(server):
        first, _, _ = await asyncio.wait_for(server.lines.get(), PATIENCE)
        second, _, _ = await asyncio.wait_for(server.lines.get(), PATIENCE)
        await asyncio.wait_for(first.wait_closed(), PATIENCE)

    assert first.close_code is not None
    assert second is not first


async def test_agent_that_is_refused_comes_again(server):
    server.refusals = 2
    async with running(server):
        line, _, _ = await asyncio.wait_for(server.lines.get(), PATIENCE)

    assert server.refusals == 0
    assert line.request.path == "/ws/camera/lab/"


@pytest.mark.parametrize("turns", range(1, 5))
async def test_agent_ends_amid_messages(server, turns):
    """In Python 3.11 a cancellation that comes together with a message may be forgotten."""
    async with running(server) as task:
        line, _, _ = await asyncio.wait_for(server.lines.get(), PATIENCE)
        flood = asyncio.create_task(_flood(line))
        await asyncio.sleep(0.1)
        for _ in range(turns):
            await asyncio.sleep(0)

        task.cancel()
        ended, _ = await asyncio.wait({task}, timeout=PATIENCE)
        flood.cancel()
        await asyncio.gather(flood, return_exceptions=True)

    assert ended


async def _flood(line):
    word = pb.Envelope(heartbeat=pb.Heartbeat(now_us=7)).SerializeToString()
    while True:
        await line.send(word)
        await asyncio.sleep(0)


async def test_agent_ends_when_another_takes_over(server):
    async with running(server) as task:
        line, _, _ = await asyncio.wait_for(server.lines.get(), PATIENCE)
        await line.send(pb.Envelope(error=pb.Error(code="taken_over", message="Gone.")).SerializeToString())
        await line.close(4409)
        with pytest.raises(TakenOver):
            await asyncio.wait_for(asyncio.shield(task), PATIENCE)


async def test_agent_before_a_server_that_reads_nothing_stays_small(server):
    agent = Agent(address=f"ws://127.0.0.1:{server.port}/ws/camera/", token=lambda: "t", source=opened("clock"))
    task = asyncio.create_task(agent.run())
    line, _, _ = await asyncio.wait_for(server.lines.get(), PATIENCE)
    desired = pb.CameraSettings(bitrate_bps=8_000_000, fps=60, width=1280, height=720, revision=1)
    await line.send(pb.Envelope(settings_changed=pb.SettingsChanged(desired=desired)).SerializeToString())
    line.transport.pause_reading()
    await line.send(DEMAND.SerializeToString())

    async with asyncio.timeout(45):
        while not agent._outbox.dropped:
            await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    held = agent._outbox._bytes
    line.transport.resume_reading()
    async with asyncio.timeout(45):
        before = await _next(line, "video_chunk")
        while (after := await _next(line, "video_chunk")).seq == before.seq + 1:
            before = after
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert held < 1_000_000
    assert after.keyframe


async def test_agent_ends_with_its_pictures(server, monkeypatch):
    source = opened("clock")
    monkeypatch.setattr(source, "picture", lambda: 1 / 0)
    agent = Agent(address=f"ws://127.0.0.1:{server.port}/", token=lambda: "t", source=source)
    task = asyncio.create_task(agent.run())
    line, _, _ = await asyncio.wait_for(server.lines.get(), PATIENCE)

    await line.send(DEMAND.SerializeToString())

    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(task, PATIENCE)


async def _next(line, body):
    while True:
        envelope = pb.Envelope.FromString(await asyncio.wait_for(line.recv(), PATIENCE))
        if envelope.WhichOneof("body") == body:
            return getattr(envelope, body)
