"""The agent as its users start it, and clients as the protocol's page has them, at a server as users start it."""

import asyncio
import re
import shutil
import subprocess
import sys
import time
from contextlib import asynccontextmanager

import av
import psutil
import pytest

from bench.slow_link import slow_link
from bench.viewers import Viewer
from camera.services import grants
from digi.accounts.services import tokens as people_tokens
from tests.camera.agent.watching import PATIENCE
from tests.servers import ROOT, DaphneServer, Process

PAGE = ROOT / "docs" / "protocols" / "camera.md"

pytestmark = pytest.mark.django_db(transaction=True)


class AgentProcess(Process):
    """`python -m camera.agent` with the clock."""

    def __init__(self, server: DaphneServer, token: str) -> None:
        words = ["--server", server.url, "--camera", "default", "--source", "clock"]
        environment = {"DIGI_CAMERA_TOKEN": token}
        super().__init__([sys.executable, "-m", "camera.agent", *words], name="agent", environment=environment)

    def answers(self) -> bool:
        return "Connected" in self.output()


@pytest.fixture
def server(camera):
    with DaphneServer() as server:
        yield server


@pytest.fixture
def agent(server, token):
    with AgentProcess(server, token) as agent:
        yield agent


@pytest.fixture
def ticket(camera, person) -> str:
    """An API token of somebody who may set the camera."""
    bob = person("bob")
    grants.give(camera=camera, by=None, user=bob, role="operator")
    return people_tokens.create(user=bob, name="bench", scopes=["cameras:read", "cameras:write"])[1]


def test_client_of_the_page_watches(server, agent, ticket, tmp_path):
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (tmp_path / "watch.py").write_text(program)
    shutil.copy(ROOT / "camera" / "camera_pb2.py", tmp_path)
    words = [f"{server.socket_url}/ws/camera/", ticket, str(tmp_path / "video.h264")]

    done = subprocess.run(
        [sys.executable, "watch.py", *words], cwd=tmp_path, capture_output=True, text=True, timeout=90, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "brightness 0\n", "")
    assert len([line for line in program.splitlines() if line.strip()]) <= 20
    with av.open(str(tmp_path / "video.h264")) as video:
        assert sum(1 for _ in video.decode(video=0)) == 100


async def test_viewer_sees_its_first_picture_soon(server, agent, ticket):
    waited = []

    for _ in range(5):
        async with _watching(server, ticket) as viewer:
            waited.append((await viewer.first(seconds=PATIENCE)).at - viewer.said_hello_at)

    assert viewer.role == "operator"
    assert viewer.seen[0].keyframe
    assert min(waited) < 0.3, waited  # timed in bench/camera.py


async def test_settings_reach_the_picture(server, agent, ticket):
    async with _watching(server, ticket) as viewer:
        await viewer.first(seconds=PATIENCE)
        await viewer.set(bitrate_bps=3_000_000)
        await viewer.set(width=320, height=240, contrast=1.5)
        await viewer.set(bitrate_bps=300_000)
        count = len(viewer.seen)
        await _until(lambda: len(viewer.seen) > count + 20)

    assert [seen.right for seen in viewer.seen] == [True] * len(viewer.seen)
    assert sum(seen.keyframe for seen in viewer.seen) >= 2


async def test_viewer_on_a_slow_line_lags_little_and_sees_nothing_broken(server, agent, ticket):
    async with (
        slow_link(server.port, bits=500_000) as port,
        Viewer(f"ws://127.0.0.1:{port}/ws/camera/", headers=_bearer(ticket), decodes=True) as viewer,
    ):
        await _until(lambda: viewer.dropped and len(viewer.seen) > 60, seconds=60)

    assert all(seen.right for seen in viewer.seen)
    assert sorted(viewer.lags())[len(viewer.seen) // 2] < 5  # timed in bench/camera.py


async def test_stalled_viewers_cost_little(server, agent, ticket):
    process = psutil.Process(server.pid)
    async with _watching(server, ticket) as watching:
        viewers = [Viewer(f"{server.socket_url}/ws/camera/", headers=_bearer(ticket)) for _ in range(4)]
        for viewer in viewers:
            await viewer.__aenter__()
            await viewer.first(seconds=PATIENCE)
            await viewer.stall()
        before = process.memory_info().rss
        count = len(watching.seen)
        await _until(lambda: len(watching.seen) > count + 120, seconds=60)
        growth = process.memory_info().rss - before
        for viewer in viewers:
            await viewer.__aexit__()

    assert growth < 8 * 2**20


async def test_agent_and_viewers_come_back_after_the_server_was_killed(server, agent, ticket):
    async with _watching(server, ticket) as viewer:
        await viewer.first(seconds=PATIENCE)
        server.kill()
        await _until(lambda: viewer.close_code is not None)
    server.start()
    async with _watching(server, ticket) as viewer:
        again = await viewer.first(seconds=PATIENCE)

    assert again.keyframe
    assert agent.process.poll() is None


async def test_second_agent_takes_over_and_the_first_ends(server, agent, token, ticket):
    async with _watching(server, ticket) as viewer:
        await viewer.first(seconds=PATIENCE)
        with AgentProcess(server, token):
            await _until(lambda: agent.process.poll() is not None)
            count = len(viewer.seen)
            await _until(lambda: len(viewer.seen) > count + 10)

    assert agent.process.returncode == 3
    assert "Another agent publishes this camera now" in agent.output()
    assert all(seen.right for seen in viewer.seen)


def test_agent_ends_at_once_and_quietly(agent):
    began = time.monotonic()

    agent.stop()

    assert time.monotonic() - began < 15
    assert agent.process.returncode == 0
    assert agent.output().count("\n") == 1


@asynccontextmanager
async def _watching(server, ticket):
    async with Viewer(f"{server.socket_url}/ws/camera/", headers=_bearer(ticket), decodes=True) as viewer:
        yield viewer


def _bearer(ticket):
    return {"Authorization": f"Bearer {ticket}"}


async def _until(ready, *, seconds=PATIENCE):
    async with asyncio.timeout(seconds):
        while not ready():
            await asyncio.sleep(0.02)
