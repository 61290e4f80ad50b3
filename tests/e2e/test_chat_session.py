"""What becomes of an open conversation when its session does."""

from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.e2e.chatting import enter, field, row, stored, wait_live, write

NEW = "a wholly different phrase"


def test_a_tab_goes_on_when_another_one_changes_the_password(signed_in_page, room, alice):
    page = enter(signed_in_page(alice), room, alice)
    page.evaluate("window.before = chatSocket")
    field(page).fill("half a sentence")
    other = page.context.new_page()
    other.goto("/accounts/password/change/")
    other.fill("[name=oldpassword]", PASSWORD)
    other.fill("[name=password1]", NEW)
    other.fill("[name=password2]", NEW)
    other.locator("main form button[type=submit]").last.click()
    other.wait_for_url("**/me/")

    while not page.evaluate("Boolean(chatSocket) && before !== chatSocket && chatSocket.readyState === WebSocket.OPEN"):
        page.wait_for_timeout(50)
    wait_live(page)
    expect(field(page)).to_have_value("half a sentence")
    write(page, "and the rest of it")

    expect(row(page, "and the rest of it")).to_have_attribute("data-state", "sent")
    assert stored(room) == ["and the rest of it"]
