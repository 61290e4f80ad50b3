"""The page of a camera in a real Chromium: `python -m bench.camera_page`; docs/benchmarks.md explains the figures.

A server of its own (production's code paths), the agent with the clock in a process of its own, and the system's
Chromium, which decodes and draws. Delay is from the capture of a picture, by the agent's clock, until it is drawn;
control-to-pixel is from the slider until the first picture that shows the change is drawn. Ends with 1 when a bound is
broken.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.servers import ROOT, digi

SETUP = """
from camera.services import cameras, grants, tokens
from digi.accounts.models import User
camera = cameras.create(by=None, slug="default", name="Bench")
for user in User.objects.all():
    grants.give(camera=camera, by=None, user=user, role="operator")
print("KEY", tokens.issue(camera=camera, by=None)[1])
"""
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SECONDS = 12
CHANGES = 12
COLLECT = """async (seconds) => {
  const { delay, figures } = document.querySelector("camera-watch").viewer;
  const found = [];
  const add = delay.add.bind(delay);
  const dropped = figures.dropped;
  delay.add = (ms, now) => { found.push(ms); add(ms, now); };
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  delay.add = add;
  return { delays: found, dropped: figures.dropped - dropped };
}"""
CONTRAST = """async (contrast) => {
  const { viewer } = document.querySelector("camera-watch");
  viewer.set({ contrast });
  for (;;) {
    const { state, ms } = viewer.board.status("contrast", Date.now());
    if (state === "applied" && ms) return ms;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}"""


@dataclass(frozen=True)
class Row:
    name: str
    p50: float
    p95: float
    bounds: tuple[float, float]
    more: str = ""

    @property
    def holds(self) -> bool:
        return self.p50 <= self.bounds[0] and self.p95 <= self.bounds[1]


def main() -> int:
    """Measure, print a table, and say whether every bound holds."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("There is no Chromium here: apt-get install chromium.")
    with (
        tempfile.TemporaryDirectory() as name,
        _camera(Path(name)) as (url, cookie),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 900}, service_workers="block")
        key, value = cookie.split("=", 1)
        context.add_cookies([{"name": key, "value": value, "url": url, "httpOnly": True, "sameSite": "Lax"}])
        rows = _measured(context.new_page())
        browser.close()
    print(f"load average {os.getloadavg()[0]:.1f}\n\n| figure | p50 | p95 | bounds | |\n|---|---|---|---|---|")
    for row in rows:
        bounds = f"≤ {row.bounds[0]:.0f} / {row.bounds[1]:.0f} ms"
        verdict = "yes" if row.holds else "MISSED"
        print(f"| {row.name}{row.more} | {row.p50:.1f} ms | {row.p95:.1f} ms | {bounds} | {verdict} |")
    return 0 if all(row.holds for row in rows) else 1


def _measured(page: Page) -> list[Row]:
    page.goto("/camera/default/")
    page.locator("figure.stage[data-state=live]").wait_for(timeout=30_000)
    rows = []
    for resolution, name, bounds in (("640x480", "delay, VGA", (12, 30)), ("1280x720", "delay, 720p", (20, 40))):
        page.locator("select[name=resolution]").select_option(resolution)
        page.wait_for_function(
            "(width) => document.querySelector('camera-stage canvas').width === width",
            arg=int(resolution.split("x")[0]),
            timeout=20_000,
        )
        page.wait_for_timeout(3000)
        found = page.evaluate(COLLECT, SECONDS)
        more = f" ({len(found['delays'])} pictures, {found['dropped']} dropped)"
        rows.append(Row(name, *_quantiles(found["delays"]), bounds, more))
    page.locator("select[name=resolution]").select_option("640x480")
    page.wait_for_timeout(3000)
    times = []
    for turn in range(CHANGES):
        times.append(page.evaluate(CONTRAST, 1.5 if turn % 2 == 0 else 1.0))
        page.wait_for_timeout(700)
    rows.append(Row("contrast, control to pixel, VGA", *_quantiles(times), (120, 120), f" ({CHANGES} changes)"))
    return rows


def _quantiles(values: list[float]) -> tuple[float, float]:
    return statistics.median(values), statistics.quantiles(values, n=20)[-1]


@contextmanager
def _camera(folder: Path) -> Iterator[tuple[str, str]]:
    """A server with a camera, its agent, and somebody's session: its address and their cookie."""
    contender = digi(folder)
    contender.prepare()
    person = contender.people(2)[0]
    output = contender.manage_output("shell", "-c", SETUP)
    token = next(line.split()[1] for line in output.splitlines() if line.startswith("KEY"))
    with contender.running() as server:
        url = f"http://127.0.0.1:{server.port}"
        words = [sys.executable, "-m", "camera.agent", "--server", url]
        agent = subprocess.Popen(words, cwd=ROOT, env=contender.whole(DIGI_CAMERA_TOKEN=token))
        try:
            time.sleep(3)  # the server freezes what it has after its start
            yield url, person.cookie
        finally:
            agent.terminate()
            agent.wait(20)


if __name__ == "__main__":
    sys.exit(main())
