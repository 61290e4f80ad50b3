"""The list of rooms, and coming into and out of them."""

import re

import pytest
from playwright.sync_api import expect

from chat.services import messages, rooms
from tests.e2e.chatting import enter, field, row, wait_live, write
from tests.e2e.waiting import until


@pytest.fixture
def carol(person):
    return person("carol", display_name="Carol Okafor")


@pytest.fixture
def other_room(alice, carol):
    return rooms.open_pair(by=alice, other=carol)[0]


def _names(page):
    return [name.split(",")[0].strip() for name in page.locator("room-list .name").all_inner_texts()]


def _listed(page, name):
    return page.locator("room-list li").filter(has_text=name)


def test_list_follows_what_happens_elsewhere(signed_in_page, room, other_room, alice, bob, carol):
    messages.post(room=room, by=bob, text="first")
    messages.post(room=other_room, by=carol, text="second")
    page = signed_in_page(alice)
    page.goto("/chat/")
    assert _names(page) == ["Carol Okafor", "Bob Meyer"]
    expect(page).to_have_title("(2) Chat · Digi")

    there = enter(signed_in_page(bob), room, bob)
    write(there, "third, **bold**")

    expect(_listed(page, "Bob Meyer").locator(".last")).to_have_text("third, bold")
    until(page, lambda: _names(page) == ["Bob Meyer", "Carol Okafor"])
    expect(_listed(page, "Bob Meyer").locator(".count")).to_have_text("2 unread")
    expect(_listed(page, "Bob Meyer").locator(".presence")).to_have_count(1)
    expect(page).to_have_title("(3) Chat · Digi")
    expect(page.locator(".nav a[aria-current] .count")).to_have_text("3 unread")


def test_list_forgets_the_count_when_another_device_has_read(signed_in_page, room, alice, bob):
    messages.post(room=room, by=bob, text="first")
    page = signed_in_page(alice)
    page.goto("/chat/")
    expect(page).to_have_title("(1) Chat · Digi")

    enter(signed_in_page(alice), room, alice)

    expect(page).to_have_title("Chat · Digi")
    expect(_listed(page, "Bob Meyer").locator(".count")).to_have_count(0)


def test_list_shows_drafts_and_own_words(signed_in_page, room, other_room, alice):
    page = enter(signed_in_page(alice), room, alice)
    write(page, "sent")
    expect(_listed(page, "Bob Meyer").locator(".last")).to_have_text("You: sent")
    field(page).fill("just begun")
    expect(page.locator("message-composer .kept")).to_have_text("Draft kept on this device")

    _listed(page, "Carol Okafor").get_by_role("link").click()

    expect(_listed(page, "Bob Meyer").locator(".last")).to_have_text("Draft: just begun")


def test_list_can_show_only_what_is_unread(signed_in_page, room, other_room, alice, bob):
    messages.post(room=room, by=bob, text="unread")
    page = signed_in_page(alice)
    page.goto("/chat/")
    button = page.get_by_role("button", name="Only unread")

    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("room-list li")).to_have_count(1)
    until(page, lambda: _names(page) == ["Bob Meyer"])
    button.click()

    expect(_listed(page, "Carol Okafor")).to_have_count(1)


def test_a_chat_is_started_by_finding_somebody(signed_in_page, alice, bob, carol):
    page, there = signed_in_page(alice), signed_in_page(bob)
    there.goto("/chat/")
    expect(there.get_by_text("No chats yet")).to_be_visible()
    page.goto("/chat/")
    page.get_by_role("link", name="Start a chat").click()
    page.get_by_role("searchbox").press_sequentially("mey")
    expect(page.locator("#found li")).to_have_count(1)

    page.get_by_role("button", name="Write to Bob Meyer").click()
    expect(
        page.get_by_text("Nothing written yet. What you write here, only Bob Meyer and you can read.")
    ).to_be_visible()
    expect(there.get_by_text("No chats yet")).to_be_visible()
    wait_live(page)
    write(page, "hello")

    expect(row(page, "hello")).to_have_attribute("data-state", "delivered")
    expect(_listed(there, "Alice Winter").locator(".last")).to_have_text("hello")
    expect(there.get_by_text("No chats yet")).to_be_hidden()


def test_leaving_asks_and_tells_the_other(signed_in_page, room, alice, bob):
    here, there = enter(signed_in_page(alice), room, alice), enter(signed_in_page(bob), room, bob)
    here.get_by_label("About this room").click()
    here.get_by_role("link", name="Leave the room").click()
    expect(here.get_by_role("dialog")).to_contain_text("Leave the room with Bob Meyer?")
    here.get_by_role("dialog").get_by_role("button", name="Stay").click()
    expect(here.get_by_role("dialog")).to_have_count(0)
    here.get_by_label("About this room").click()
    here.get_by_role("link", name="Leave the room").click()

    here.get_by_role("dialog").get_by_role("button", name="Leave").click()
    expect(here).to_have_url(re.compile("/chat/$"))

    expect(here.get_by_text("No chats yet")).to_be_visible()
    expect(there.get_by_text("Alice Winter has left and does not get what you write.")).to_be_visible()
    expect(there.locator(".standing")).to_have_text("has left this room")
    there.get_by_role("button", name="Start again with Alice Winter").click()
    expect(_listed(here, "Bob Meyer")).to_have_count(1)


def test_who_is_led_out_keeps_the_text(signed_in_page, room, alice):
    here = enter(signed_in_page(alice), room, alice)
    field(here).fill("not sent yet")
    other = enter(signed_in_page(alice), room, alice)
    other.get_by_label("About this room").click()
    other.get_by_role("link", name="Leave the room").click()
    other.get_by_role("dialog").get_by_role("button", name="Leave").click()

    expect(here.get_by_role("heading", name="You are no longer in this room")).to_be_focused()

    expect(here.get_by_label("What you had written and not sent")).to_have_value("not sent yet")
    expect(field(here)).to_have_count(0)
    expect(here.locator("room-list li")).to_have_count(0)


def test_a_hidden_room_comes_back_with_the_next_message(signed_in_page, room, alice, bob):
    messages.post(room=room, by=alice, text="one")
    here, there = enter(signed_in_page(alice), room, alice), enter(signed_in_page(bob), room, bob)
    here.get_by_label("About this room").click()
    here.get_by_role("button", name="Hide until something comes").click()
    expect(here.get_by_text("No chats yet")).to_be_visible()

    write(there, "two")

    expect(_listed(here, "Bob Meyer").locator(".last")).to_have_text("two")


def test_a_session_that_ends_elsewhere_leads_to_the_door_and_back(signed_in_page, room, alice):
    here = enter(signed_in_page(alice), room, alice)
    field(here).fill("kept for later")
    second = here.context.new_page()
    second.goto("/accounts/logout/")

    second.context.request.post(
        "/accounts/logout/",
        form={"csrfmiddlewaretoken": second.locator('meta[name="csrf-token"]').get_attribute("content")},
    )

    expect(here).to_have_url(re.compile(r"/accounts/login/\?next=%2Fchat%2F"))
