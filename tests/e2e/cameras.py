"""A camera with an agent of its own, and pages that show it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page

from camera.models import Camera
from camera.services import tokens
from tests.servers import DaphneServer, Process

FIGURES = """() => {
  const { figures, delay, board, link, camera, chunk } = document.querySelector("camera-watch").viewer;
  return {
    frames: figures.frames, dropped: figures.dropped, p50: delay.quantile(0.5), p95: delay.quantile(0.95), chunk,
    applied: board.applied, revision: board.revision, link: link.state.name, bits: figures.bits(Date.now()), camera,
  };
}"""
READ = """() => {  // the clock in the picture, read from the canvas as anybody could
  const canvas = document.querySelector("camera-stage canvas");
  const row = Math.max(16, Math.floor(canvas.height / 40) * 2) / 2;
  const { data } = canvas.getContext("2d").getImageData(0, row, canvas.width, 1);
  const level = (n) => data[4 * Math.floor(((2 * n + 1) * canvas.width) / 96)];
  const bits = Array.from({ length: 48 }, (_, n) => (level(n) > 128 ? 1 : 0));
  const number = bits.slice(4, 36).reduce((sum, bit) => sum * 2 + bit, 0);
  const framed = bits.slice(0, 4).join("") === "1010" && bits.slice(44).join("") === "0101";
  return framed ? (Date.now() % 2 ** 32) - number : null;
}"""


class Agent(Process):
    """`python -m camera.agent` with the clock as its source."""

    def __init__(self, server: DaphneServer, camera: Camera, source: str = "clock") -> None:
        _token, secret = tokens.issue(camera=camera, by=None)
        self._camera = camera
        command = [sys.executable, "-m", "camera.agent", "--server", server.url, "--camera", camera.slug]
        super().__init__([*command, "--token", secret, "--source", source], name="agent")

    def answers(self) -> bool:
        return "Connected to" in self.output() and Camera.objects.get(pk=self._camera.pk).is_online


def watch(page: Page, camera: Camera) -> Page:
    """Open a camera's page and wait until it moves."""
    page.goto(f"/camera/{camera.slug}/")
    wait_live(page)
    return page


def wait_live(page: Page) -> None:
    page.locator("figure.stage[data-state=live]").wait_for(timeout=40_000)


def figures(page: Page) -> dict[str, Any]:
    """What the page measures."""
    return page.evaluate(FIGURES)


def wait_frames(page: Page, count: int) -> None:
    """Wait until so many pictures more have been shown."""
    page.wait_for_function(
        "(until) => document.querySelector('camera-watch').viewer.figures.frames >= until",
        arg=figures(page)["frames"] + count,
        timeout=60_000,
    )


def wait_settled(page: Page, name: str) -> str:
    """Wait until the camera has answered for a setting; the sentence under it."""
    told = page.locator(f"[data-setting={name}] .told[data-state=applied]")
    told.filter(has_text="Applied at picture").wait_for()
    return told.inner_text()


def move(page: Page, name: str, value: float) -> None:
    """Move a slider as a hand does, and let it go."""
    page.locator(f"input[type=range][name={name}]").evaluate(
        """(slider, value) => {
          slider.value = value;
          slider.dispatchEvent(new Event("input", { bubbles: true }));
          slider.dispatchEvent(new Event("change", { bubbles: true }));
        }""",
        value,
    )


@contextmanager
def running(process: Process) -> Iterator[Process]:
    try:
        yield process.start()
    finally:
        process.stop()
