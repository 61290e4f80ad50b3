"""What people do with theses in a browser, one act a function; each goes to the page that it needs."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.papers import pdf

STATE = "#masthead .state"


def state_of(page: Page) -> Locator:
    """Where the thesis stands, as the open page shows it."""
    return page.locator(STATE)


def stays(page: Page) -> None:
    """Mark the page: whatever it shows later has come to it without its being loaded again."""
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    return page.evaluate("window.stayed === true")


def step(page: Page, thesis: str, to: str, *, reason: str = "", due_on: str = "", declare: bool = False) -> None:
    """Take the thesis on, from its overview."""
    page.goto(thesis)
    form = page.locator(f"#step-{to}")
    if not form.is_visible():
        page.locator(f"#gate-{to} summary").click()
    if reason:
        form.locator("[name=reason]").fill(reason)
    if due_on:
        form.locator("[name=due_on]").fill(due_on)
    if declare:
        form.locator("[name=declaration]").check()
    form.locator("button[type=submit]").click()
    expect(state_of(page)).to_have_attribute("data-state", to)


def write_topic(page: Page, title: str) -> None:
    """Write a topic and open it."""
    page.goto("/topics/new/")
    page.locator("#topic-form [name=title]").fill(title)
    page.locator("#topic-form [name=body]").fill("Measure **before** you tune.")
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("button", name="Open the topic").click()
    expect(page.locator(".masthead .badge")).to_have_text("Open")


def apply(page: Page, title: str) -> str:
    """Find the topic and apply for it, step by step; gives the application's address."""
    page.goto("/topics/")
    page.get_by_role("link", name=title).click()
    page.get_by_role("link", name="Apply", exact=True).click()
    page.locator("#apply-what [name=kind]").select_option(index=1)
    page.get_by_role("button", name="Continue").click()
    page.locator("#apply-motivation [name=motivation]").fill("I have built three of them.")
    page.get_by_role("button", name="Continue").click()
    page.locator("#apply-cv [name=cv]").fill("Two years in the lab.")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send the application").click()
    page.wait_for_url(re.compile(r"/applications/[0-9a-f-]{36}/"))
    return page.url


def act(page: Page, verb: str, **fields: str) -> None:
    """What can be done with the application that is open: shortlist, interview, offer, accept."""
    form = page.locator(f"#act-{verb}")
    if not form.is_visible():
        page.locator("details.act", has=form).locator("summary").click()
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button[type=submit]").click()
    expect(form).to_have_count(0)


def upload(page: Page, thesis: str, kind: str, words: str, tmp_path: Path) -> None:
    """Upload a PDF as this kind of document."""
    path = tmp_path / f"{kind}.pdf"
    path.write_bytes(pdf(words))
    page.goto(f"{thesis}documents/")
    page.locator("#upload [name=kind]").select_option(kind)
    page.locator("#upload [name=file]").set_input_files(path)
    page.locator("#upload [name=note]").fill(words)
    page.locator("#upload button[type=submit]").click()
    expect(page.locator("#documents")).to_contain_text(words)


def bring_in(page: Page, thesis: str, username: str, role: str) -> None:
    page.goto(f"{thesis}members/?q={username}")
    page.locator("#found").get_by_role("link", name="Choose").click()
    page.locator("#add [name=role]").select_option(role)
    page.locator("#add button[type=submit]").click()
    expect(page.locator("#members")).to_contain_text(username.title())


def ask_for_a_change(page: Page, thesis: str, words: str) -> None:
    """Remark on the thesis, and ask for a change from the remark."""
    page.goto(f"{thesis}discussion/")
    page.locator("#open [name=body]").fill(words)
    page.locator("#open button[type=submit]").click()
    talk = page.locator("[data-remark]", has_text=words)
    talk.get_by_role("link", name="Ask for a change").click()
    page.locator("dialog[open], main form[data-stay]").get_by_role("button", name="Ask for the change").click()
    expect(page.locator("[data-remark]", has_text=words)).to_contain_text("change asked for")


def settle(page: Page, thesis: str, button: str) -> None:
    """Say of the one change request that it is done, or verify it."""
    page.goto(f"{thesis}requests/")
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("button", name=button)).to_have_count(0)
