"""Two people in browsers, and what they do in a room."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from chat import connection
from chat.models import Message, Room
from chat.services import history


def address(room: Room, user) -> str:
    return reverse("chat:room", args=[connection.issue(room.pk, user.pk)])


def enter(page: Page, room: Room, user) -> Page:
    """Open the room's page and wait until its socket is up to date."""
    page.goto(address(room, user))
    wait_live(page)
    return page


def wait_live(page: Page) -> None:
    page.locator("chat-room[data-state=live]").wait_for(timeout=40_000)


def write(page: Page, text: str) -> None:
    """Write a message and send it by Enter."""
    field(page).fill(text)
    field(page).press("Enter")


def go_up(page: Page) -> None:
    """Scroll to the oldest message there is, which brings the earlier ones."""
    page.locator("message-log").evaluate("log => log.scrollTop = -log.scrollHeight")


def field(page: Page) -> Locator:
    return page.locator("message-composer textarea")


def rows(page: Page) -> Locator:
    return page.locator("message-log li.message")


def row(page: Page, text: str) -> Locator:
    """The message that says this and nothing else."""
    return rows(page).filter(has=page.locator(".prose", has_text=text))


def texts(page: Page) -> list[str]:
    """What the messages say, from top to bottom."""
    return page.locator("message-log .prose").all_inner_texts()


def choose(page: Page, message: Locator, name: str) -> None:
    """Open a message's menu and take a choice."""
    message.hover()
    message.get_by_role("button", name="More").click()
    page.locator(".choices").get_by_role("button", name=name).click()


def hold(page: Page, part: Locator, *, opens: bool = True) -> None:
    """A finger that stays for a moment, until a sheet has opened where one should."""
    box = part.bounding_box()
    finger = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]})
    page.wait_for_timeout(700)
    if opens:
        expect(page.get_by_role("dialog")).to_be_visible()
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def stored(room: Room) -> list[str | None]:
    """What the database holds of a room, in order; None for what was deleted."""
    count = Message.objects.filter(room=room).count()
    return [shown.message for shown in history.page(room, limit=count + 1)[0]]


@contextmanager
def shifts(page: Page, *, buffered: bool = False) -> Iterator[list[float]]:
    """Collects by how much the page shifts its layout meanwhile (Layout Instability API), or has so far as well."""
    page.evaluate(
        """(buffered) => {
          window.shifts = [];
          window.watcher = new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
          });
          window.watcher.observe({ type: "layout-shift", buffered });
        }""",
        buffered,
    )
    found: list[float] = []
    yield found
    page.wait_for_timeout(200)
    found.extend(page.evaluate("(watcher.disconnect(), shifts)"))
