"""Real browsers: Playwright on the system's Chromium, against a real Daphne."""

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from chat.services import rooms
from tests.e2e.waiting import PATIENCE
from tests.servers import DaphneServer

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "/usr/bin/chromium")
# What Chromium itself writes when a request, a socket or a worker's script gets no answer, or none that is welcome.
UNREACHED = re.compile(
    r"Failed to load resource: (net::ERR_|the server responded with a status of \d)"
    r"|WebSocket connection to 'ws://(127\.0\.0\.1|localhost):\d+/ws/(chat|camera|notifications|theses)/\S*' failed: "
    r"|An unknown error occurred when fetching the script\.$"
)
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for this folder's tests.

    Playwright's sync API keeps an event loop marked as running in the tests' thread while it lives. Django would
    refuse the ORM there, and asyncio tests could not start theirs: so it lives no longer than this folder.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    expect.set_options(timeout=PATIENCE * 1000)  # as long as nothing is wrong nothing waits for it
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_context(browser: Browser, server: DaphneServer) -> Iterator[Callable[..., BrowserContext]]:
    """A browser of its own for one person; a page that logs an error or breaks the CSP fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(**options) -> BrowserContext:
        options = {"base_url": server.url, "locale": "en-GB", "timezone_id": "Europe/Berlin", **options}
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE * 1000)
        context.set_default_navigation_timeout(2 * PATIENCE * 1000)
        context.on("weberror", lambda error: complaints.extend(_broken(str(error.error))))
        context.on(
            "console",
            lambda line: complaints.append(f"{line.text} at {line.location['url']}") if _is_complaint(line) else None,
        )
        contexts.append(context)
        return context

    make.complaints = complaints
    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _broken(error: str) -> list[str]:
    """A page that is left in a hurry skips its view transition, and Chromium reports that as if a script had failed."""
    return [] if error.startswith("Transition was") else [error]


def _is_complaint(line) -> bool:
    """A request that failed is the tests' own business: they kill servers, take the network away, ask for nothing."""
    return line.type == "error" and not UNREACHED.match(line.text)


@pytest.fixture
def signed_in_page(new_context, session_cookie, server: DaphneServer) -> Callable[..., Page]:
    """`signed_in_page(alice)` is a page of a browser that holds Alice's session; options as for `new_context`."""

    def make(user, **options) -> Page:
        name, value = session_cookie(user).split("=", 1)
        context = new_context(**options)
        context.add_cookies([{"name": name, "value": value, "url": server.url, "httpOnly": True, "sameSite": "Lax"}])
        return context.new_page()

    return make


@pytest.fixture
def alice(person):
    return person("alice", display_name="Alice Winter")


@pytest.fixture
def bob(person):
    return person("bob", display_name="Bob Meyer")


@pytest.fixture
def room(alice, bob):
    """Alice's and Bob's."""
    return rooms.open_pair(by=alice, other=bob)[0]
