"""A device without room: what was to be done is not done unseen, and what was written stays in the hand."""

import pytest
from playwright.sync_api import expect

from tests.e2e.chatting import choose, enter, field, row, stored, write

FULL = """() => {
  window.add = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = () => { throw new DOMException("no room", "QuotaExceededError"); };
}"""
ROOM = "() => { IDBObjectStore.prototype.add = window.add; }"


@pytest.fixture
def page(signed_in_page, room, alice):
    """Alice's page, on which one message is sent; then her device is full."""
    page = enter(signed_in_page(alice), room, alice)
    write(page, "before")
    expect(row(page, "before")).to_have_attribute("data-state", "sent")
    page.evaluate(FULL)
    return page


def test_a_new_message_stays_in_the_field(page, room):
    write(page, "too much")

    expect(page.get_by_role("alert")).to_contain_text("This device has no room to keep the message.")
    expect(field(page)).to_have_value("too much")
    assert stored(room) == ["before"]


def test_an_edit_stays_in_the_field_and_is_sent_when_there_is_room(page, room):
    field(page).fill("a draft")
    choose(page, row(page, "before"), "Edit")

    write(page, "after")
    expect(page.get_by_role("alert")).to_contain_text("This device has no room to keep the message.")
    expect(field(page)).to_have_value("after")
    page.evaluate(ROOM)
    field(page).press("Enter")

    expect(row(page, "after").get_by_role("button", name="edited")).to_be_visible()
    expect(field(page)).to_have_value("a draft")
    assert stored(room) == ["after"]


def test_a_delete_that_is_not_kept_says_so(page, room):
    choose(page, row(page, "before"), "Delete for everyone")

    expect(page.locator(".toast")).to_contain_text("That did not work.")
    expect(row(page, "before")).to_be_visible()
    assert stored(room) == ["before"]
