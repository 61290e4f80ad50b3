"""Waiting for what no locator shows, and for a page to come to rest."""

import time
from collections.abc import Callable

from playwright.sync_api import Page

PATIENCE = 20.0  # seconds for what should come: less than until a heartbeat, which would mend a lost event and hide it
STILL = """() => document.getAnimations().every(
  (one) => one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity)"""

# Forms that stay and keys for ways are made alive by modules that the page asks for by itself, after it has loaded.
ALIVE = """async () => {
  if (document.querySelector("[data-stay], [data-keep], [data-find]")) await import("/static/js/lib/live-forms.js");
  if (document.querySelector("meta[name=keys]") && !document.querySelector("#chat, #camera"))
    await import("/static/js/elements/page-keys.js");
}"""
# A way's two keys belong together for 1.5 s, which a slow machine needs for one.
UNHURRIED = "{ const now = Date.now(); Date.now = () => now; }"


def until(page: Page, holds: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Wait until `holds()` is true, while the page goes on; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        page.wait_for_timeout(50)


def wait_alive(page: Page) -> None:
    """Wait until the page listens, also where its scripts come last."""
    page.wait_for_load_state()
    page.evaluate(ALIVE)


def wait_still(page: Page) -> None:
    """Wait until nothing moves any more but what moves for ever."""
    page.wait_for_function(STILL)
