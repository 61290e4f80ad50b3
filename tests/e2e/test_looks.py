"""Every page outside the chat as people meet it: no accessibility fault, no sideways scroll, nothing that moves."""

import re
from collections.abc import Callable

import pytest

from digi.accounts.scopes import Scope
from digi.accounts.services import first, tokens
from tests.conftest import PASSWORD
from tests.e2e.waiting import PATIENCE, until
from tests.e2e.walking import LOOKS, walk

STRANGERS = (
    "/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-abc/",
    "/accounts/confirm-email/",
    "/accounts/inactive/",
    "/offline/",
)
PEOPLE = (
    "/me/",
    "/me/tokens/",
    "/people/",
    "/people/?q=bo",
    "/people/?q=zz",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/sessions/",
    "/accounts/logout/",
    "/accounts/reauthenticate/?next=/me/",
    "/chat/nowhere/",
)


@pytest.mark.parametrize(("screen", "theme"), LOOKS)
def test_pages_for_strangers_are_open_to_everybody(new_context: Callable, theme: str, screen: str) -> None:
    page = new_context(color_scheme=theme, service_workers="block").new_page()
    pages = (*STRANGERS, f"/first/{first.key()}/", "/first/old/")

    faults = walk(page, pages, screen, lost=("/first/old/",))

    assert faults == {address: [] for address in pages}


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("screen", "theme"), LOOKS)
def test_pages_for_people_are_open_to_everybody(
    signed_in_page: Callable, person: Callable, theme: str, screen: str
) -> None:
    person("bob", display_name="Bob Meyer")
    alice = person("alice")
    tokens.create(user=alice, name="A program at the chair that reads and writes", scopes=Scope.values)
    page = signed_in_page(alice, color_scheme=theme, service_workers="block")

    faults = walk(page, PEOPLE, screen, lost=("/chat/nowhere/",))

    assert faults == {address: [] for address in PEOPLE}


def test_theme_that_was_chosen_stays_and_is_there_before_the_first_paint(signed_in_page: Callable, person) -> None:
    page = signed_in_page(person("alice"), color_scheme="light")
    page.goto("/me/")

    page.locator("main theme-switch").get_by_role("button", name="Dark").click()
    page.goto("/people/", wait_until="commit")
    page.wait_for_selector("body", state="attached")

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_menu_closes_by_escape_and_gives_the_focus_back(signed_in_page: Callable, person) -> None:
    page = signed_in_page(person("alice"))
    page.goto("/me/")
    menu = page.locator("nav details.menu")

    menu.locator("summary").press("Enter")
    page.get_by_role("link", name="Profile and security").press("Escape")

    page.wait_for_selector("nav details.menu:not([open])")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_tab_first_stops_at_the_content(signed_in_page: Callable, person) -> None:
    page = signed_in_page(person("alice"))
    page.goto("/me/")

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Skip to content"


def test_form_that_comes_back_starts_at_its_fault(new_context: Callable) -> None:
    page = new_context().new_page()
    page.goto("/accounts/password/reset/")

    page.locator("[name=email]").evaluate("field => { field.type = 'text'; field.value = 'nonsense'; }")
    page.get_by_role("button", name="Send the link").click()

    page.wait_for_selector("[name=email][aria-invalid=true]:focus")


def test_password_can_be_looked_at(new_context: Callable) -> None:
    page = new_context().new_page()
    page.goto("/accounts/login/")
    page.fill("[name=password]", "paper")

    page.get_by_role("button", name="Show the password").click()

    assert page.locator("[name=password]").get_attribute("type") == "text"


def test_directory_follows_what_is_typed(signed_in_page: Callable, person) -> None:
    person("bob", display_name="Bob Meyer")
    page = signed_in_page(person("alice"))
    page.goto("/people/")

    page.get_by_role("searchbox").press_sequentially("mey")
    page.wait_for_url("**/people/?q=mey")
    page.locator("#found-count", has_text="1 person found").wait_for(state="attached")

    assert page.locator("#found .title").all_inner_texts() == ["Bob Meyer"]


def test_passkey_is_made_and_opens_the_door(signed_in_page: Callable, person, server) -> None:
    page = signed_in_page(
        person("alice"), base_url=server.url.replace("127.0.0.1", "localhost"), service_workers="block"
    )
    page.goto("/accounts/login/")  # the cookie is the other name's: sign in here
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    key |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    page.fill("[name=login]", "alice")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/dashboard/")

    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile(r"/2fa/webauthn/add/$"))
    page.locator("passkey-form:defined").wait_for()
    page.get_by_label("Sign in with this key alone").check()
    page.get_by_role("button", name="Add the key").click()
    said = page.locator("passkey-form .error:not([hidden])")
    until(page, lambda: "/recovery-codes/" in page.url or said.count(), seconds=2 * PATIENCE)
    assert "/recovery-codes/" in page.url, said.all_inner_texts()
    page.goto("about:blank")  # where nothing leads to the door by itself
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/dashboard/")

    assert page.locator("nav .name").inner_text() == "Alice"


def test_page_without_a_server_is_shown_by_the_worker(signed_in_page: Callable, person) -> None:
    page = signed_in_page(person("alice"))
    page.goto("/me/")
    page.evaluate("navigator.serviceWorker.ready.then(() => caches.match('/offline/'))")

    page.context.set_offline(True)
    page.goto("/people/")

    assert page.locator("h1").inner_text() == "No connection"
    assert (
        page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "32px"
    )  # its sheets are kept, too
