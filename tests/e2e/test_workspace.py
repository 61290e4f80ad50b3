"""The workspace of a thesis in browsers: what one does is on the other's page, and nobody's text is lost."""

import re

import pytest
from playwright.sync_api import Page, expect

from digi.accounts.models import Role
from tests.e2e.waiting import wait_alive
from tests.factories import AffiliationFactory, DepartmentFactory
from tests.thesis.making import Institute, dated, upload
from thesis.models import Extension, Programme, Thesis
from thesis.states import State


@pytest.fixture
def people(person):
    department = DepartmentFactory(name="Distributed Systems", slug="ds")

    def make(username: str, role: Role):
        user = person(username, display_name=username.title())
        AffiliationFactory(user=user, department=department, role=role)
        return user

    roles = {"alice": Role.STUDENT, "bob": Role.SUPERVISOR, "carol": Role.EXAMINER, "grace": Role.COORDINATOR}
    return {name: make(name, role) for name, role in roles.items()} | {"department": department}


@pytest.fixture
def writing(people) -> Thesis:
    asks = {"proposal_required": False, "second_examiner_required": False, "defence_required": False}
    programme = Programme.objects.create(department=people["department"], name="Informatics", **asks)
    parts = {"student": "alice", "supervisor": "bob", "examiner": "carol", "coordinator": "grace"}
    institute = Institute(programme, **{part: people[name] for part, name in parts.items()})
    return dated(institute.thesis(state=State.WRITING))


def opened(page: Page, thesis: Thesis, path: str = "") -> Page:
    """The page, once it is followed and listens."""
    with page.expect_event("websocket", lambda socket: "/ws/theses/" in socket.url):
        page.goto(f"/theses/{thesis.uuid}/{path}")
    wait_alive(page)
    return page


def test_what_one_does_is_on_the_others_page_while_they_write(signed_in_page, people, writing) -> None:
    upload(writing, "final")
    alice, bob, carol = (opened(signed_in_page(people[name]), writing) for name in ("alice", "bob", "carol"))
    expect(bob.locator('#people [data-person="alice"] .presence')).to_be_visible()
    bob.get_by_label("More about this thesis").click()
    bob.get_by_role("link", name="Withdraw the thesis").click()
    reason = bob.locator("#ask-withdraw textarea")
    reason.fill("She moves to Ber")

    alice.locator("#step-submitted [name=declaration]").check()
    alice.locator("#step-submitted").get_by_role("button", name="Hand in").click()

    expect(alice.locator('#way [aria-current="step"]')).to_contain_text("Submitted")
    expect(alice.locator("toast-list")).to_contain_text("It is now in the state “Submitted”.")
    expect(bob.locator('#way [aria-current="step"]')).to_contain_text("Submitted")
    expect(reason).to_be_focused()
    reason.press_sequentially("lin")
    assert reason.input_value() == "She moves to Berlin"

    bob.keyboard.press("Escape")
    bob.get_by_role("navigation", name="Parts of the thesis").get_by_role("link", name="Members").click()
    bob.wait_for_url("**/members/")
    bob.get_by_role("link", name="Remove Carol").click()
    bob.get_by_role("dialog").get_by_role("button", name="Remove").click()

    expect(carol).to_have_url(re.compile(r"/dashboard/\?out$"))
    expect(carol.get_by_role("main")).to_contain_text("Your access to that thesis has ended.")
    expect(bob.locator("#members")).not_to_contain_text("Carol")
    alice.close()
    expect(bob.locator('#members [data-person="alice"] .presence')).to_be_hidden()


def test_what_was_typed_outlives_lost_connections_and_reloads_and_is_sent_once(signed_in_page, people, writing) -> None:
    page = opened(signed_in_page(people["alice"], service_workers="block"), writing, "extensions/")
    form = page.locator("#ask")
    form.locator("[name=due_on]").fill("2099-01-01")
    form.locator("textarea").fill("The probe is ill.")
    send = form.get_by_role("button", name="Ask for more time")

    page.route("**/extensions/", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    send.click()
    expect(form.get_by_role("alert")).to_contain_text("Not sent: the server does not answer.")
    page.unroute("**/extensions/")
    page.reload()
    wait_alive(page)

    expect(form).to_contain_text("You wrote this here earlier and have not sent it.")
    assert form.locator("textarea").input_value() == "The probe is ill."
    assert form.locator("[name=due_on]").input_value() == "2099-01-01"

    send.dblclick()
    expect(page.locator("#extensions")).to_contain_text("Asked")
    expect(page.locator("#ask")).to_have_count(0)
    assert Extension.objects.filter(thesis=writing).count() == 1
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('digi.form:')).length"
    page.wait_for_function(f"{kept} === 0")

    page.goto(f"/theses/{writing.uuid}/edit/")
    wait_alive(page)
    page.locator("#describe textarea").fill("Half a sentence")
    page.wait_for_function(f"{kept} === 1")
    page.goto("/people/")
    page.locator("nav details.self summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))
    assert page.evaluate(kept) == 0
