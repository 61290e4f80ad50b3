"""One pane at a time under a finger; and everything without a script."""

from playwright.sync_api import expect

from chat.services import messages, rooms
from tests.e2e.chatting import enter, field, hold, row, stored, wait_live

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_one_pane_at_a_time(signed_in_page, room, alice, bob):
    messages.post(room=room, by=bob, text="hello")
    page = signed_in_page(alice, **PHONE)
    page.goto("/chat/")
    expect(page.locator("room-list")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()

    page.get_by_role("link", name="Bob Meyer").tap()
    wait_live(page)
    expect(page.locator("room-list")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(row(page, "hello")).to_be_in_viewport()
    page.get_by_role("link", name="Back to all rooms").tap()

    expect(page.locator("room-list")).to_be_visible()


def test_enter_starts_a_line_and_the_button_sends(signed_in_page, room, alice):
    page = enter(signed_in_page(alice, **PHONE), room, alice)
    field(page).fill("one")
    field(page).press("Enter")
    page.keyboard.type("two")

    page.get_by_role("button", name="Send").tap()

    expect(row(page, "one")).to_have_attribute("data-state", "sent")
    assert stored(room) == ["one\ntwo"]
    expect(field(page)).to_be_focused()


def test_a_long_press_offers_what_can_be_done(signed_in_page, room, alice, bob):
    messages.post(room=room, by=bob, text="hold me for a while")
    page = enter(signed_in_page(alice, **PHONE), room, alice)

    hold(page, row(page, "hold me for a while").locator(".prose"))
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("button")).to_have_text([" Reply", " Copy the text", "Close"])
    sheet.get_by_role("button", name="Reply").tap()

    expect(page.locator(".replying")).to_contain_text("hold me for a while")


def test_all_of_it_without_a_script(signed_in_page, person, room, alice, bob):
    person("carol", display_name="Carol Okafor")
    messages.post(room=room, by=bob, text="hello **there**")
    page = signed_in_page(alice, java_script_enabled=False)
    page.goto("/chat/")
    page.get_by_role("link", name="Bob Meyer").click()
    expect(row(page, "hello there")).to_be_in_viewport()

    field(page).fill("answered without a script")
    page.get_by_role("button", name="Send").click()
    expect(row(page, "answered without a script")).to_be_in_viewport()
    page.get_by_label("About this room").click()
    page.get_by_role("switch", name="Read receipts").uncheck()
    page.get_by_role("button", name="Save").click()
    page.get_by_label("About this room").click()
    expect(page.get_by_role("switch", name="Read receipts")).not_to_be_checked()
    page.get_by_role("link", name="Leave the room").click()
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_text("No chats yet")).to_be_visible()
    page.get_by_role("link", name="Find somebody").first.click()
    page.get_by_role("searchbox").fill("carol")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name="Write to Carol Okafor").click()

    expect(page.get_by_role("heading", name="Carol Okafor", level=1)).to_be_visible()
    assert stored(room) == ["hello **there**", "answered without a script"]
    assert rooms.open_pair(by=bob, other=alice)[1] is False
