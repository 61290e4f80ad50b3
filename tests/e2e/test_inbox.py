"""What somebody does is told to others wherever they are, and an inbox is emptied without a mouse."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from chat import connection
from chat.services import rooms
from digi.notifications.models import Mute, Notification
from digi.notifications.services import notify
from tests.e2e.chatting import enter, row, wait_live, write
from tests.e2e.waiting import until


def bell(page: Page):
    """The count beside the inbox; hidden where nothing is unread."""
    return page.locator("inbox-bell [data-count]")


def told(page: Page):
    return page.locator("toast-list .toast")


def test_bell_counts_and_tells_on_another_page(signed_in_page, room, alice, bob):
    elsewhere, beside, here = signed_in_page(bob), signed_in_page(bob), signed_in_page(alice)
    elsewhere.goto("/people/")
    beside.goto("/me/")
    enter(here, room, alice)
    for page in (elsewhere, beside):
        page.locator("inbox-bell:defined").wait_for(state="attached")
    expect(bell(elsewhere)).to_be_hidden()

    write(here, "Good morning.")

    expect(told(elsewhere)).to_contain_text("Alice Winter wrote to you for the first time")
    told(elsewhere).hover()  # so that it stays
    expect(bell(elsewhere)).to_have_text("1")
    expect(elsewhere).to_have_title("(1) People · Digi")
    expect(bell(beside)).to_have_text("1")
    elsewhere.get_by_role("button", name="Open").click()
    wait_live(elsewhere)
    expect(bell(beside)).to_be_hidden()

    write(here, "Have you seen this, @bob?")  # he has it before his eyes

    expect(row(elsewhere, "Have you seen this")).to_be_visible()
    expect(row(here, "Have you seen this")).to_have_attribute("data-state", "read")
    expect(told(elsewhere)).to_have_count(0)
    expect(bell(beside)).to_be_hidden()


@pytest.fixture
def news(alice, bob, person):
    """Three people have written to Bob; the newest is Dora, Carol before her, then Alice."""
    for actor in (alice, person("carol", display_name="Carol Okafor"), person("dora", display_name="Dora Lind")):
        room, _ = rooms.open_pair(by=actor, other=bob)
        url = reverse("chat:room", args=[connection.issue(room.pk, bob.pk)])
        about = {"target": f"room:{room.uuid}", "title": actor.get_full_name(), "url": url}
        notify(kind="chat.first", to={bob: "chat.first"}, actor=actor, **about)


def state(user) -> dict[int, str]:
    """What has become of each notification."""
    rows = Notification.objects.filter(user=user).order_by("number")
    return {
        one.number: "done" if one.done_at else "later" if one.wakes_at else "read" if one.read_at else ""
        for one in rows
    }


def test_inbox_is_emptied_by_keys_alone(signed_in_page, news, bob):
    page = signed_in_page(bob)
    page.goto("/notifications/")
    for name in ("inbox-page", "inbox-bell"):
        page.locator(f"{name}:defined").wait_for(state="attached")
    press = page.keyboard.press

    press("j")
    press("j")
    press("Enter")
    expect(page.locator("#note h1")).to_have_text("Carol Okafor wrote to you for the first time")
    expect(page.locator("#open-2")).to_be_focused()
    expect(bell(page)).to_have_text("2")
    press("m")
    expect(told(page)).to_contain_text("Muted: because this chat is new to you")
    press("e")
    expect(page.locator("#news .news-row")).to_have_count(2)
    expect(page.locator("#open-1")).to_be_focused()
    press("h")
    press("ArrowUp")  # a menu is no list
    press("Enter")
    expect(page.locator("#news .news-row")).to_have_count(1)
    expect(page.locator("#open-3")).to_be_focused()
    expect(told(page).last).to_contain_text("Put off: 1")
    told(page).last.hover()

    until(page, lambda: state(bob) == {1: "later", 2: "done", 3: ""})
    assert Mute.objects.get(user=bob).reason == "chat.first"

    page.get_by_role("button", name="Undo").last.focus()
    press("Enter")
    expect(page.locator("#open-1")).to_be_focused()
    press("x")
    press("k")
    press("x")
    expect(page.locator("#bulk .chosen")).to_have_text("2 chosen")
    press("e")
    expect(page.get_by_text("Your inbox is empty")).to_be_visible()
    expect(bell(page)).to_be_hidden()
    expect(told(page).last).to_contain_text("Done: 2")

    until(page, lambda: state(bob) == {1: "done", 2: "done", 3: "done"})
