"""Reading back: scrolling up, the line at the first unread message, leading to what is far away."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from chat.models import Message
from chat.services import messages
from tests.chat.writing import id_of
from tests.e2e.chatting import enter, field, row, rows, shifts, texts, write
from tests.e2e.waiting import until


@pytest.fixture
def long_room(room, alice, bob):
    """A room of 130 messages over two days, all of them read by both."""
    for number in range(130):
        messages.post(room=room, by=(alice, bob)[number % 7 > 3], text=f"message {number}")
    Message.objects.filter(room=room, seq__lte=60).update(at=timezone.now() - timedelta(days=1))
    room.memberships.update(read=130, delivered=130)
    return room


def _top(page, text):
    return row(page, text).first.bounding_box()["y"]


def test_history_comes_by_scrolling_up_and_holds_the_place(signed_in_page, long_room, alice):
    page = enter(signed_in_page(alice), long_room, alice)
    expect(rows(page)).to_have_count(50)
    log = page.locator("message-log")

    log.evaluate("log => log.scrollTop = -(log.scrollHeight - log.clientHeight - 300)")
    before = _top(page, "message 82")
    expect(rows(page)).to_have_count(100)
    page.wait_for_timeout(300)

    assert abs(_top(page, "message 82") - before) < 2
    log.evaluate("log => log.scrollTop = -log.scrollHeight")
    expect(rows(page)).to_have_count(130)
    assert texts(page) == [f"message {number}" for number in range(130)]
    expect(page.locator("li.day time")).to_have_text(["Yesterday", "Today"])
    expect(page.get_by_role("button", name="Earlier messages")).to_have_count(0)


def test_history_is_reached_by_a_button_too(signed_in_page, long_room, alice):
    page = enter(signed_in_page(alice), long_room, alice)

    page.get_by_role("button", name="Earlier messages").press("Enter")

    expect(row(page, "message 30")).to_have_count(1)


def test_slow_history_shows_a_skeleton_and_quick_history_none(signed_in_page, long_room, alice):
    page = enter(signed_in_page(alice), long_room, alice)
    with page.expect_response("**/messages/?before=*") as answer:
        page.get_by_role("button", name="Earlier messages").click()
    earlier = answer.value.json()
    enter(page, long_room, alice)
    page.evaluate(
        """(earlier) => {
          const real = fetch;
          window.fetch = (url, options) =>
            /messages\\/\\?before=/.test(url) ? Promise.resolve(Response.json(earlier)) : real(url, options);
          const later = setTimeout;  // the skeleton's 0.3 s are ten here: on a slow machine quick takes that long, too
          window.setTimeout = (run, ms, ...more) => later(run, ms === 300 ? 10_000 : ms, ...more);
          window.skeletons = 0;
          new MutationObserver(() => (window.skeletons += document.querySelectorAll("message-log .skeleton").length))
            .observe(document.querySelector("message-log"), { subtree: true, childList: true });
        }""",
        earlier,
    )
    page.get_by_role("button", name="Earlier messages").click()
    expect(row(page, "message 30")).to_have_count(1)
    quick = page.evaluate("window.skeletons")
    enter(page, long_room, alice)
    held: list[Route] = []
    page.route("**/messages/?before=*", lambda route: held.append(route))

    page.get_by_role("button", name="Earlier messages").click()
    page.locator("message-log .skeleton").first.wait_for(state="attached")
    until(page, lambda: held)
    held.pop().continue_()
    expect(row(page, "message 30")).to_have_count(1)

    assert quick == 0


def test_a_quote_of_something_far_away_leads_there(signed_in_page, long_room, alice, bob):
    messages.post(room=long_room, by=alice, text="the reply", reply_to=id_of(long_room, 3))
    page = enter(signed_in_page(alice), long_room, alice)
    quote = row(page, "the reply").locator(".quote")
    expect(quote).to_have_text("Youmessage 2")

    quote.click()

    expect(page.locator("#m3")).to_be_focused()
    expect(page.locator("#m3")).to_be_in_viewport()
    expect(rows(page)).to_have_count(131)


def test_reading_starts_at_the_first_unread_and_the_line_stays(signed_in_page, long_room, alice, bob):
    long_room.memberships.filter(user=alice).update(read=70)

    page = enter(signed_in_page(alice), long_room, alice)
    line = page.locator(".unread-line")
    expect(line).to_be_in_viewport()
    expect(page).to_have_title(re.compile(r"^\(\d+\) Bob Meyer · Digi$"))
    page.keyboard.press("End")
    expect(row(page, "message 129")).to_be_in_viewport()
    expect(page).to_have_title("Bob Meyer · Digi")
    write(page, "I am through")
    expect(line).to_have_count(1)

    enter(page, long_room, alice)
    expect(page.locator(".unread-line")).to_have_count(0)


def test_messages_do_not_move_a_reader_who_is_not_at_the_end(signed_in_page, long_room, alice, bob):
    here, there = enter(signed_in_page(alice), long_room, alice), enter(signed_in_page(bob), long_room, bob)
    here.locator("message-log").evaluate("log => log.scrollTop = -1200")
    before = _top(here, "message 100")
    pill = here.locator(".newest button")
    expect(pill).to_have_text("Newest ↓")

    for number in range(3):
        write(there, f"new {number}")
    expect(pill).to_have_text("3 new ↓")

    assert abs(_top(here, "message 100") - before) < 2
    expect(row(there, "new 2")).to_have_attribute("data-state", "delivered")
    pill.click()
    expect(row(here, "new 2")).to_be_in_viewport()
    expect(pill).to_be_hidden()
    expect(row(there, "new 2")).to_have_attribute("data-state", "read")
    expect(here.locator(".unread-line + li")).to_contain_text("new 0")


def test_a_reader_at_the_end_follows(signed_in_page, long_room, alice, bob):
    here, there = enter(signed_in_page(alice), long_room, alice), enter(signed_in_page(bob), long_room, bob)

    for number in range(12):
        write(there, f"new {number}\n\nwith more lines")
    expect(row(here, "new 11")).to_be_in_viewport()

    expect(here.locator(".newest button")).to_be_hidden()


def test_nothing_shifts_while_a_room_opens_and_lives(signed_in_page, long_room, alice, bob):
    messages.post(room=long_room, by=bob, text="a **list**\n- one\n- two", reply_to=id_of(long_room, 2))
    written = messages.post(room=long_room, by=alice, text="gone")
    messages.delete(room=long_room, by=alice, message_id=written.message_id)
    messages.post(room=long_room, by=alice, text="mine")
    messages.edit(room=long_room, by=alice, message_id=id_of(long_room, 134), text="mine, edited")
    there = enter(signed_in_page(bob), long_room, bob)

    page = enter(signed_in_page(alice), long_room, alice)
    with shifts(page, buffered=True) as opened:
        pass
    with shifts(page) as lived:
        field(there).press_sequentially("typing")
        expect(page.locator("typing-line")).not_to_be_empty()
        there.keyboard.press("Enter")
        expect(row(page, "typing")).to_be_visible()
        page.locator("message-log").hover()
        while page.get_by_role("button", name="Earlier messages").count():
            page.mouse.wheel(0, -400)
            page.wait_for_timeout(50)

    assert sum(opened) < 0.001
    assert sum(lived) < 0.001
