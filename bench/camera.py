"""Live video under measurement: `python -m bench.camera [--quick]`; docs/benchmarks.md says what each figure means.

A server of its own (production's code paths, SQLite in a temporary folder), the agent with the clock in another
process, and viewers over real sockets in this one. Ends with 1 when a bound is broken.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.servers import ROOT, Contender, Server, digi, digi_with_two_workers, redis_server
from bench.slow_link import slow_link
from bench.viewers import Viewer

CAMERA = """
from camera.services import cameras, grants, tokens
from digi.accounts.models import User
from digi.accounts.services import tokens as people_tokens
user = User.objects.create(username="watcher", display_name="Watcher")
camera = cameras.create(by=None, slug="default", name="Bench")
grants.give(camera=camera, by=None, user=user, role="operator")
print("KEYS", tokens.issue(camera=camera, by=None)[1],
      people_tokens.create(user=user, name="bench", scopes=["cameras:read", "cameras:write"])[1])
"""
RATES = (1_500_000, 400_000, 3_000_000, 800_000)  # bit/s, in this order
_FORGOTTEN = 5.0  # seconds after which the agent makes nothing any more for those who have gone


@dataclass(frozen=True)
class Figure:
    name: str
    value: str
    bound: str = ""
    holds: bool = True


@dataclass(frozen=True)
class Place:
    """A running server with a camera."""

    server: Server
    secret: str  # of an operator's API token

    def viewer(self, *, port: int = 0, decodes: bool = False) -> Viewer:
        address = f"ws://127.0.0.1:{port or self.server.port}/ws/camera/"
        return Viewer(address, headers={"Authorization": f"Bearer {self.secret}"}, decodes=decodes)


def main(*, quick: bool) -> int:
    """Measure, print a table, and say whether every bound holds."""
    share = 0.4 if quick else 1.0
    with tempfile.TemporaryDirectory() as name:
        figures = asyncio.run(_one_process(Path(name), share))
        with redis_server(Path(name)) as url:
            figures += asyncio.run(_two_processes(digi_with_two_workers(Path(name), url)))
    print(f"load average {os.getloadavg()[0]:.1f}\n\n| figure | measured | bound | |\n|---|---|---|---|")
    for figure in figures:
        verdict = ("yes" if figure.holds else "MISSED") if figure.bound else ""
        print(f"| {figure.name} | {figure.value} | {figure.bound} | {verdict} |")
    return 0 if all(figure.holds for figure in figures) else 1


async def _one_process(folder: Path, share: float) -> list[Figure]:
    with _camera(digi(folder)) as place:
        return [
            *await _joining(place, round(20 * share)),
            *await _bitrate(place),
            *await _slow_line(place, 20 * share),
            await _stalled(place, 15 * share),
            *await _crowd(place, 50, 20 * share),
        ]


async def _joining(place: Place, times: int) -> list[Figure]:
    """From the viewer's hello to its first picture: alone, and with somebody there."""
    alone = []
    for _ in range(max(3, times // 4)):
        await asyncio.sleep(_FORGOTTEN)
        alone.append(await _first_picture(place))
    async with place.viewer() as somebody:
        await somebody.first()
        joined = [await _first_picture(place) for _ in range(times)]
    return [_milliseconds("first picture, others watch", joined), _milliseconds("first picture, nobody watched", alone)]


async def _first_picture(place: Place) -> float:
    async with place.viewer(decodes=True) as viewer:
        seen = await viewer.first()
    return seen.at - viewer.said_hello_at if seen.right and seen.keyframe else 99.0


async def _bitrate(place: Place) -> list[Figure]:
    """The rate over the second that ends two seconds after the camera has taken the change."""
    figures = []
    async with place.viewer(decodes=True) as viewer:
        await viewer.first()
        for wanted in RATES:
            await viewer.set(bitrate_bps=wanted)
            start = time.time()
            await asyncio.sleep(2.1)
            measured = viewer.rate(start + 1, start + 2)
            off = measured / wanted - 1
            value = f"{measured / 1e6:.2f} Mb/s ({off:+.0%})"
            figures.append(Figure(f"bitrate {wanted / 1e6:g} Mb/s, after 2 s", value, "± 15 %", abs(off) <= 0.15))
        await viewer.set(bitrate_bps=RATES[0])
    return figures


async def _slow_line(place: Place, seconds: float) -> list[Figure]:
    """1.5 Mb/s over a line of 500 kb/s."""
    async with slow_link(place.server.port, bits=500_000) as port, place.viewer(port=port, decodes=True) as viewer:
        await viewer.first()
        await asyncio.sleep(seconds)
    lags, broken = viewer.lags(), sum(not seen.right for seen in viewer.seen)
    worst, usual = max(lags), statistics.median(lags)
    counted = f"{len(viewer.seen)} shown, {viewer.dropped} left out"
    return [
        Figure("500 kb/s line: lag, worst", f"{worst:.2f} s (median {usual:.2f})", "≤ 1.5 s", worst <= 1.5),
        Figure("500 kb/s line: pictures broken", f"{broken} ({counted})", "0", broken == 0),
    ]


async def _stalled(place: Place, seconds: float) -> Figure:
    """Ten viewers stop reading; how much larger does the server become?"""
    async with AsyncExitStack() as stack:
        healthy = await stack.enter_async_context(place.viewer())
        viewers = [await stack.enter_async_context(place.viewer()) for _ in range(10)]
        await asyncio.gather(*(viewer.first() for viewer in viewers))
        before, count = place.server.resident(), len(healthy.seen)
        for viewer in viewers:
            await viewer.stall()
        await asyncio.sleep(seconds)
        growth = (place.server.resident() - before) / 2**20
        rate = (len(healthy.seen) - count) / seconds
    value = f"{growth:.1f} MiB (a healthy one: {rate:.0f} fps)"
    return Figure(f"10 stalled viewers, {seconds:.0f} s: server grows", value, "≤ 5 MiB", growth <= 5)


async def _crowd(place: Place, count: int, seconds: float) -> list[Figure]:
    """720p30 to so many viewers."""
    async with AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(place.viewer()) for _ in range(count)]
        await viewers[0].set(width=1280, height=720, fps=30, bitrate_bps=RATES[0])
        await asyncio.sleep(2)
        before, seen, start = place.server.cpu(), [len(viewer.seen) for viewer in viewers], time.time()
        await asyncio.sleep(seconds)
        past, cpu = time.time() - start, place.server.cpu() - before
        rates = [(len(viewer.seen) - early) / past for viewer, early in zip(viewers, seen, strict=True)]
        lags = sorted(lag for viewer in viewers for lag in viewer.lags()[-100:])
        await viewers[0].set(width=640, height=480)
    cost = cpu / (count * past) * 1000
    middle, late = statistics.median(lags), lags[int(len(lags) * 0.95)]
    return [
        Figure(f"{count} viewers of 720p30: CPU of the server", f"{cost:.2f} ms for a viewer-second"),
        Figure(f"{count} viewers of 720p30: pictures", f"{min(rates):.1f} to {max(rates):.1f} fps"),
        Figure(f"{count} viewers of 720p30: lag", f"p50 {middle * 1000:.0f} ms, p95 {late * 1000:.0f} ms"),
    ]


async def _two_processes(contender: Contender) -> list[Figure]:
    """Viewers come until both processes have some; all of them must see."""
    with _camera(contender) as place:
        async with AsyncExitStack() as stack:
            viewers = [await stack.enter_async_context(place.viewer(decodes=True)) for _ in range(12)]
            await asyncio.gather(*(viewer.first() for viewer in viewers))
            await asyncio.sleep(3)
            spread = _sockets(place.server)
            right = all(len(viewer.seen) > 60 and all(seen.right for seen in viewer.seen) for viewer in viewers)
    places = " + ".join(map(str, spread))
    holds = right and len(spread) == 2
    return [
        Figure("two processes with Redis: sockets", f"{places}, {'all see' if right else 'NOT all see'}", "all", holds)
    ]


def _sockets(server: Server) -> list[int]:
    """Open sockets of each process that has any."""
    family = [server.process, *server.process.children(recursive=True)]
    found = Counter(
        one.pid
        for one in family
        for link in one.net_connections("tcp")
        if link.status == psutil.CONN_ESTABLISHED and link.laddr.port == server.port
    )
    return sorted(found.values())


@contextmanager
def _camera(contender: Contender) -> Iterator[Place]:
    """A server with a camera and its agent."""
    contender.prepare()
    output = contender.manage_output("shell", "-c", CAMERA)
    token, secret = next(line.split()[1:] for line in output.splitlines() if line.startswith("KEYS"))
    with contender.running() as server:
        words = [sys.executable, "-m", "camera.agent", "--server", f"http://127.0.0.1:{server.port}"]
        log = contender.folder / "agent.log"
        with log.open("ab") as output_file:
            agent = subprocess.Popen(words, cwd=ROOT, env=contender.whole(DIGI_CAMERA_TOKEN=token), stderr=output_file)
        try:
            _await(log, "Connected")
            time.sleep(3)  # the server freezes what it has after its start
            yield Place(server, secret)
        finally:
            agent.terminate()
            agent.wait(20)


def _await(log: Path, word: str) -> None:
    end = time.monotonic() + 60
    while word not in log.read_text():
        if time.monotonic() > end:
            raise RuntimeError(f"The agent did not come.\n{log.read_text()}")
        time.sleep(0.1)


def _milliseconds(name: str, values: list[float]) -> Figure:
    worst = max(values)
    value = f"median {statistics.median(values) * 1000:.0f} ms, worst {worst * 1000:.0f} ms"
    return Figure(name, value, "≤ 300 ms", worst <= 0.3)


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv))
