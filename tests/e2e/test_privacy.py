"""A person looks at what is held about them, and erases the account."""

import re
from collections.abc import Callable

from playwright.sync_api import Page

from tests.conftest import PASSWORD


def test_account_is_erased_after_a_look_and_a_fresh_sign_in(new_context: Callable, person: Callable) -> None:
    alice = person("alice")
    page: Page = new_context().new_page()
    other = new_context().new_page()
    for one in (page, other):
        one.goto("/accounts/login/?next=/me/privacy/")
        one.fill("[name=login]", "alice")
        one.fill("[name=password]", PASSWORD)
        one.keyboard.press("Enter")
        one.wait_for_url(re.compile(r":\d+/me/privacy/$"))
    assert page.locator(".held dd").first.inner_text() == "1"

    page.get_by_role("link", name="Erase my account").click()
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/me/privacy/erase/")
    other.goto("about:blank")  # where nothing leads it away by itself
    dialog = page.get_by_role("dialog", name="Erase the account alice for good?")
    dialog.get_by_role("button", name="Erase my account").press("Enter")
    page.wait_for_url("**/erased/")
    other.goto("/me/")

    assert page.get_by_role("heading", level=1).inner_text() == "The account is erased"
    assert "/accounts/login/" in other.url
    alice.refresh_from_db()
    assert alice.anonymised_at is not None
