"""Two edits of one message meet: both texts are there, in sight and by keyboard, and the writer decides."""

import pytest
from playwright.sync_api import expect

from chat.services import messages
from tests.chat.writing import id_of
from tests.e2e.chatting import enter, field, go_up, hold, row, rows, stored, write
from tests.e2e.walking import faults_of

SCREENS = {
    "desk": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
BOXES = "(parts) => parts.map((part) => part.getBoundingClientRect().toJSON())"  # all of one moment
THERE = "We meet at half past three."
MINE = "We meet at four."
LONG = "\n".join(f"Line {number} of a text that fills a good part of any screen." for number in range(30))


@pytest.fixture
def long_room(room, alice, bob):
    """Sixty messages, of which a page loads fifty; Bob has written every third."""
    for number in range(1, 61):
        messages.post(room=room, by=alice if number % 3 else bob, text=f"message {number:02}")
    room.memberships.update(read=60, delivered=60)
    return room


@pytest.fixture(params=SCREENS)
def page(request, signed_in_page, long_room, alice):
    return enter(signed_in_page(alice, **SCREENS[request.param]), long_room, alice)


def begin(page, text):
    """Begin to change a message, by whatever this screen offers."""
    message = row(page, text)
    message.scroll_into_view_if_needed()
    if page.evaluate("matchMedia('(hover: none)').matches"):
        hold(page, message.locator(".prose"))
        page.get_by_role("dialog").get_by_role("button", name="Edit").tap()
    else:
        message.hover()
        message.get_by_role("button", name="Edit").click()
    expect(field(page)).to_have_value(text)


def change_elsewhere(page, room, seq, text=THERE):
    """The same person changes the message in another place, and this page hears of it."""
    path = f"/api/v1/rooms/{room.uuid}/messages/{id_of(room, seq)}/"
    page.evaluate(
        """([path, message]) => {
          const token = document.querySelector("meta[name=csrf-token]").content;
          const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
          return fetch(path, { method: "PATCH", body: JSON.stringify({ message }), headers });
        }""",
        [path, text],
    )
    expect(row(page, text.split("\n")[0])).to_have_count(1)


def send(page, text=MINE):
    field(page).fill(text)
    page.get_by_role("button", name="Send").click()
    expect(conflict(page)).to_have_count(1)


def conflict(page):
    return page.locator(".conflict")


def choice(page, name):
    return conflict(page).get_by_role("button", name=name)


@pytest.mark.parametrize("seq", [59, 37], ids=["newest", "further-up"])
@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_both_texts_and_all_choices_are_in_sight(page, long_room, seq, long):
    there, mine = (THERE + "\n" + LONG, MINE + "\n" + LONG) if long else (THERE, MINE)
    begin(page, f"message {seq}")
    change_elsewhere(page, long_room, seq, there)

    send(page, mine)

    for part in (*conflict(page).locator(".version").all(), *conflict(page).get_by_role("button").all()):
        expect(part).to_be_in_viewport(ratio=0.98)
        part.click(trial=True)
    expect(conflict(page).locator(".version b")).to_have_text(["There now", "Yours"])
    assert conflict(page).locator(".prose").all_inner_texts() == [there, mine]
    expect(field(page)).to_be_focused()


def test_side_by_side_at_a_desk_and_one_above_the_other_on_a_phone(page, long_room):
    begin(page, "message 59")
    change_elsewhere(page, long_room, 59)

    send(page)

    there, mine = conflict(page).locator(".version").evaluate_all(BOXES)
    if page.viewport_size["width"] > 1000:
        assert (there["y"], there["height"]) == (mine["y"], mine["height"])
        assert there["x"] + there["width"] < mine["x"]
    else:
        assert there["y"] + there["height"] < mine["y"]
        assert min(button.bounding_box()["height"] for button in conflict(page).get_by_role("button").all()) >= 36


@pytest.mark.parametrize(
    ("name", "stands"), [("Take yours", MINE), ("Leave what is there", THERE)], ids=["take", "leave"]
)
def test_one_of_them_is_chosen_by_keyboard_and_the_focus_stays_there(page, long_room, name, stands):
    begin(page, "message 58")
    change_elsewhere(page, long_room, 58)
    send(page)

    for _ in range(3):
        page.keyboard.press("Shift+Tab")
        if choice(page, name).evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")

    expect(conflict(page)).to_have_count(0)
    expect(row(page, stands)).to_be_focused()
    expect(row(page, stands)).to_have_attribute("data-state", "read")
    assert stored(long_room)[57] == stands


def test_a_text_that_is_longer_than_its_place_is_read_by_keyboard(page, long_room):
    begin(page, "message 59")
    change_elsewhere(page, long_room, 59, THERE + "\n" + LONG)
    send(page)
    text = conflict(page).get_by_role("group", name="There now")

    text.focus()
    text.press("ArrowDown")
    text.press("End")

    page.wait_for_function("() => document.activeElement.scrollTop > 0")
    expect(text).to_be_focused()


def test_mine_goes_back_into_the_field_on_top_of_what_stands(page, long_room):
    begin(page, "message 59")
    change_elsewhere(page, long_room, 59)
    send(page)

    choice(page, "Edit yours").click()
    expect(field(page)).to_have_value(MINE)
    field(page).fill("We meet at half past four.")
    page.get_by_role("button", name="Send").click()

    expect(row(page, "We meet at half past four.")).to_have_attribute("data-state", "read")
    assert stored(long_room)[58] == "We meet at half past four."


def test_whoever_reads_something_else_by_then_is_asked(page, long_room):
    begin(page, "message 37")
    change_elsewhere(page, long_room, 37)
    page.context.set_offline(True)
    page.locator("chat-room:not([data-state=live])").wait_for()
    field(page).fill(MINE)
    page.get_by_role("button", name="Send").click()
    page.locator("message-log").evaluate("log => log.scrollTop = 0")
    page.evaluate("{ const now = Date.now; Date.now = () => now() + 60_000; }")
    page.context.set_offline(False)
    expect(page.locator(".toast")).to_contain_text("Not changed: This message was changed elsewhere")
    expect(rows(page).last).to_be_in_viewport()
    expect(conflict(page)).not_to_be_in_viewport()

    page.get_by_role("button", name="Show both").click()

    expect(conflict(page)).to_be_in_viewport(ratio=0.98)


def test_it_waits_below_where_the_page_no_longer_reaches_the_message(page, long_room, alice):
    go_up(page)
    expect(rows(page)).to_have_count(60)
    begin(page, "message 05")
    change_elsewhere(page, long_room, 5)
    send(page)

    enter(page, long_room, alice)
    expect(rows(page)).to_have_count(51)
    expect(conflict(page)).to_be_in_viewport(ratio=0.98)
    choice(page, "Take yours").click()

    expect(conflict(page)).to_have_count(0)
    go_up(page)
    expect(row(page, MINE)).to_have_attribute("data-state", "read")
    assert stored(long_room)[4] == MINE


def test_a_finger_that_stays_on_it_opens_nothing(signed_in_page, long_room, alice):
    page = enter(signed_in_page(alice, **SCREENS["phone"]), long_room, alice)
    begin(page, "message 59")
    change_elsewhere(page, long_room, 59)
    send(page)

    hold(page, conflict(page).locator(".prose").first, opens=False)

    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_it_has_no_accessibility_fault(signed_in_page, long_room, alice, screen, theme):
    page = enter(signed_in_page(alice, color_scheme=theme, **SCREENS[screen]), long_room, alice)
    begin(page, "message 59")
    change_elsewhere(page, long_room, 59, THERE + "\n" + LONG)
    send(page)

    assert faults_of(page) == []


def test_two_devices_show_what_was_chosen(signed_in_page, room, alice):
    here = enter(signed_in_page(alice), room, alice)
    write(here, "one")
    expect(row(here, "one")).to_have_attribute("data-state", "sent")
    expect(row(here, "one").locator(".message-tools")).to_have_count(1)  # its own frame has come
    field(here).press("ArrowUp")
    other = enter(signed_in_page(alice), room, alice)
    field(other).press("ArrowUp")
    write(other, "one, from the phone")
    expect(row(here, "one, from the phone")).to_be_visible()

    write(here, "one, from the desk")
    expect(conflict(here).locator(".version")).to_have_text(["There nowone, from the phone", "Yoursone, from the desk"])
    choice(here, "Take yours").click()

    expect(row(other, "one, from the desk")).to_be_visible()
    assert stored(room) == ["one, from the desk"]
