"""The chat for everybody: every state without accessibility faults, and all of it by keyboard."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from chat.models import Message
from chat.services import messages, rooms
from tests.chat.writing import id_of
from tests.e2e.chatting import address, enter, field, row, rows, texts, wait_live, write
from tests.e2e.walking import LOOKS, SCREENS, violations

SAMPLES = json.loads((Path(__file__).parents[1] / "js" / "markdown.samples.json").read_text())


@pytest.fixture
def full_room(room, alice, bob):
    """A room that has everything a conversation can show."""
    for by, text in (
        (alice, "What is the *credit*?"),
        (
            bob,
            "A formula:\n\n```\ncredit = max(4, ceil(1.5 * fps * rtt))\n```\nIt **settles** from the second sample on.",
        ),
        (bob, "> quoted\n\n- one\n- [two](https://example.org/)"),
        (alice, "gone"),
        (bob, "gone, too"),
        (alice, "https://example.org/a/long/address/that/goes/on/and/on/for/longer/than/a/phone/is/wide"),
    ):
        messages.post(room=room, by=by, text=text)
    messages.edit(room=room, by=alice, message_id=id_of(room, 1), text="What is the *credit* now?")
    messages.delete(room=room, by=alice, message_id=id_of(room, 4))
    messages.delete(room=room, by=bob, message_id=id_of(room, 5))
    messages.post(room=room, by=bob, text="A reply", reply_to=id_of(room, 1))
    messages.post(room=room, by=bob, text="Another, to what is gone", reply_to=id_of(room, 4))
    Message.objects.filter(room=room, seq__lte=3).update(at=timezone.now() - timedelta(days=1))
    room.memberships.filter(user=alice).update(read=6)
    room.memberships.filter(user=bob).update(read=2, delivered=6)
    return room


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("screen", "theme"), LOOKS)
def test_no_state_has_an_accessibility_fault(signed_in_page, person, full_room, alice, bob, screen, theme):
    page = signed_in_page(alice, viewport=SCREENS[screen], color_scheme=theme, reduced_motion="reduce")
    faults: dict[str, list[str]] = {}

    def check(state):
        page.wait_for_timeout(100)
        told = violations(page)
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if told or beyond > 0:
            faults[state] = [*told, f"{beyond} px too wide"]

    page.goto("/chat/")
    check("list")
    page.goto("/chat/new/")
    check("start")
    page.goto("/chat/new/?q=bo")
    check("found")
    page.goto("/chat/new/?q=zz")
    check("nobody found")
    page.goto(address(full_room, alice) + "leave/")
    check("leave")
    enter(page, full_room, alice)
    check("room")
    page.get_by_label("About this room").click()
    check("about the room")
    page.get_by_role("link", name="Leave the room").click()
    check("leave in a dialog")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="edited").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("stands now")
    check("earlier versions")
    page.keyboard.press("Escape")
    page.locator("message-log").focus()
    page.keyboard.press("?")
    check("keys")
    page.keyboard.press("Escape")
    page.locator("message-log").focus()
    page.keyboard.press("r")
    check("reply")
    page.keyboard.press("Escape")
    field(page).fill("x" * 8001)
    page.locator("message-composer button[type=submit]").click()
    check("too long")
    field(page).fill("")
    if screen == "desk":
        row(page, "https://example.org/a/long").hover()
        row(page, "https://example.org/a/long").get_by_role("button", name="More").click()
        check("choices")
        page.keyboard.press("Escape")
    page.context.set_offline(True)
    expect(page.locator("connection-banner")).to_contain_text("No connection since")
    write(page, "pending") if screen == "desk" else None
    check("offline")
    page.context.set_offline(False)
    wait_live(page)
    check("back")
    stranger = person("erin")
    of_erin = signed_in_page(stranger, viewport=SCREENS[screen], color_scheme=theme)
    page = of_erin
    page.goto("/chat/")
    check("no rooms")
    empty = rooms.open_pair(by=stranger, other=bob)[0]
    enter(page, empty, stranger)
    check("empty room")
    field(page).fill("kept")
    page.evaluate(
        """(room) => fetch(`/api/v1/rooms/${room}/leave/`, {
          method: "POST", headers: { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
        })""",
        str(empty.uuid),
    )
    expect(page.get_by_role("heading", name="You are no longer in this room")).to_be_visible()
    check("removed")

    assert faults == {}


def test_everything_is_reached_by_keyboard(signed_in_page, person, room, alice, bob):
    messages.post(room=room, by=bob, text="one")
    messages.post(room=room, by=alice, text="two")
    carol = person("carol", display_name="Carol Okafor")
    page = signed_in_page(alice)
    press = page.keyboard.press
    page.goto("/chat/")
    expect(page.locator("room-list li")).to_have_count(1)

    press("j")
    expect(page.get_by_role("link", name="Bob Meyer")).to_be_focused()
    press("Enter")
    wait_live(page)
    press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()

    field(page).focus()
    page.keyboard.type("three")
    press("Shift+Enter")
    page.keyboard.type("and a line")
    press("Enter")
    expect(row(page, "three")).to_have_attribute("data-state", "sent")
    expect(row(page, "three").locator(".message-tools")).to_have_count(1)  # its own frame has come
    expect(field(page)).to_be_focused()
    press("ArrowUp")
    page.keyboard.type(", changed")
    press("Enter")
    expect(row(page, "and a line, changed")).to_have_count(1)

    press("Shift+Tab")
    expect(page.locator("message-log")).to_be_focused()
    press("ArrowUp")
    expect(rows(page).nth(2)).to_be_focused()
    press("ArrowUp")
    press("ArrowUp")
    expect(rows(page).nth(0)).to_be_focused()
    press("r")
    expect(field(page)).to_be_focused()
    expect(page.locator(".replying")).to_contain_text("Bob Meyer")
    press("Escape")
    expect(page.locator(".replying")).to_be_hidden()

    press("Shift+Tab")
    press("ArrowUp")
    press("ArrowUp")
    expect(rows(page).nth(1)).to_be_focused()
    press("Tab")
    expect(rows(page).nth(1).get_by_role("button", name="Reply")).to_be_focused()
    press("Tab")
    press("Tab")
    press("Enter")
    expect(page.locator(".choices").get_by_role("button", name="Reply")).to_be_focused()
    press("ArrowUp")
    expect(page.locator(".choices").get_by_role("button", name="Delete for everyone")).to_be_focused()
    press("Escape")
    expect(rows(page).nth(1).get_by_role("button", name="More")).to_be_focused()
    press("Escape")
    expect(field(page)).to_be_focused()

    page.locator("message-log").focus()
    press("/")
    page.wait_for_url("**/chat/new/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("car")
    page.wait_for_url("**/chat/new/?q=car")  # all of it was looked for, and nothing is drawn anew under the focus
    expect(page.locator("#found li")).to_have_count(1)
    press("Tab")
    press("Tab")
    press("Enter")
    wait_live(page)
    expect(page.get_by_role("heading", name="Carol Okafor", level=1)).to_be_visible()
    assert rooms.open_pair(by=alice, other=carol)[1] is False


def test_single_letters_can_be_switched_off(signed_in_page, room, alice):
    alice.single_keys = False
    alice.save()
    page = enter(signed_in_page(alice), room, alice)
    page.locator("message-log").focus()

    for key in ("?", "/", "r", "g", "h"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)

    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "/chat/Z" in page.url
    page.get_by_label("About this room").click()
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog")).to_contain_text("Single letters are switched off in your profile.")


def test_next_unread_room_is_two_keys_away(signed_in_page, person, room, alice, bob):
    carol = person("carol", display_name="Carol Okafor")
    messages.post(room=rooms.open_pair(by=carol, other=alice)[0], by=carol, text="unread")
    page = enter(signed_in_page(alice), room, alice)
    expect(page.locator("room-list .count")).to_have_count(1)

    field(page).press("Alt+ArrowDown")

    expect(page.get_by_role("heading", name="Carol Okafor", level=1)).to_be_visible()


def test_the_browser_renders_what_the_server_does(signed_in_page, room, alice):
    page = enter(signed_in_page(alice), room, alice)

    rendered = page.evaluate(
        """async (sources) => {
          const { render } = await import("/static/js/lib/markdown.js");
          return sources.map((source) => {
            const box = document.createElement("div");
            box.append(render(source));
            return box.innerHTML;
          });
        }""",
        [sample["source"] for sample in SAMPLES],
    )

    assert rendered == [re.sub(r"\n+(?=<(?!/code))|(?<=>)\n+", "", sample["html"]) for sample in SAMPLES]


def test_hostile_messages_do_nothing_in_a_browser(signed_in_page, room, alice, bob):
    here, there = enter(signed_in_page(alice), room, alice), enter(signed_in_page(bob), room, bob)
    hostile = (
        "<img src=x onerror=\"document.title='owned'\">",
        "[x](javascript:document.title='owned')",
        "<script>document.title='owned'</script>",
        "```\n</code></pre><script>document.title='owned'</script>\n```",
    )

    for text in hostile:
        messages_before = rows(here).count()
        field(there).fill(text)
        field(there).press("Enter")
        expect(rows(here)).to_have_count(messages_before + 1)

    assert here.locator("message-log :is(img, script, [onerror], [href^='javascript'])").count() == 0
    expect(here).to_have_title("Bob Meyer · Digi")
    assert texts(here)[0] == hostile[0]


def test_choose_is_not_offered_for_others_messages(signed_in_page, room, alice, bob):
    messages.post(room=room, by=bob, text="Bob's")
    page = enter(signed_in_page(alice), room, alice)
    message = row(page, "Bob's")

    message.hover()
    message.get_by_role("button", name="More").click()

    expect(page.locator(".choices").get_by_role("button", name="Reply")).to_be_visible()
    expect(page.locator(".choices").get_by_role("button", name="Delete for everyone")).to_have_count(0)
    expect(message.get_by_role("button", name="Edit")).to_have_count(0)
