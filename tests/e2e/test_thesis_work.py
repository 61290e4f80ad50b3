"""Tasks and meetings in two browsers, and without a mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from digi.accounts.models import Role
from tests.e2e.theses import stayed, stays
from tests.e2e.waiting import UNHURRIED, wait_alive
from tests.factories import AffiliationFactory, DepartmentFactory
from tests.thesis.making import Institute
from thesis.models import Programme, Thesis
from thesis.services import plan
from thesis.states import State

REACH = 80  # presses of Tab


@pytest.fixture
def thesis(alice, bob, person) -> Thesis:
    """Alice writes it, Bob supervises it."""
    department = DepartmentFactory(name="Distributed Systems")
    programme = Programme.objects.create(department=department, name="Informatics", proposal_required=False)
    people = {"student": alice, "supervisor": bob, "examiner": person("carol"), "coordinator": person("grace")}
    for role, user in people.items():
        AffiliationFactory(user=user, department=department, role=Role(role))
    return Institute(programme, **people).thesis(state=State.WRITING)


def reach(page: Page, css: str) -> None:
    """Tab on until the focus stands there."""
    for _ in range(REACH):
        page.keyboard.press("Tab")
        if page.evaluate("css => document.activeElement.matches(css)", css):
            return
    raise AssertionError(f"Tab does not lead to {css}")


def test_tick_is_seen_on_the_others_pages_at_once(signed_in_page: Callable, thesis, alice, bob):
    task = plan.add_task(thesis=thesis, by=bob, title="Repeat the lossy run", assignee=alice)
    alices, bobs = signed_in_page(alice), signed_in_page(bob)
    his_home = bobs.context.new_page()
    bobs.goto(f"/theses/{thesis.uuid}/tasks/")
    his_home.goto("/dashboard/")
    alices.goto("/dashboard/")
    for page in (bobs, his_home, alices):
        wait_alive(page)
        stays(page)

    box = alices.get_by_role("checkbox", name="Repeat the lossy run")
    box.focus()
    alices.keyboard.press("Space")

    expect(alices.get_by_role("checkbox", name="Repeat the lossy run", checked=True)).to_be_focused()
    expect(bobs.locator("#done-tasks summary")).to_have_text("1 done")
    expect(bobs.locator("#tasks > .task")).to_have_count(0)
    expect(his_home.locator("#news")).to_contain_text("Alice Winter finished a task")
    expect(alices.locator("form[data-sending]")).to_have_count(0)
    alices.get_by_role("checkbox", name="Repeat the lossy run").click()
    expect(bobs.locator(f"#row-{task.uuid}")).to_be_visible()
    assert all(stayed(page) for page in (alices, bobs, his_home))


def test_students_way_needs_no_mouse(signed_in_page: Callable, thesis, alice, bob):
    plan.add_task(thesis=thesis, by=bob, title="Repeat the lossy run", assignee=alice)
    page = signed_in_page(alice)
    page.goto("/me/")
    wait_alive(page)
    page.evaluate(UNHURRIED)

    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/dashboard/")
    reach(page, "#todo .title")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/theses/{thesis.uuid}/")
    reach(page, ".tabs a[href$='/tasks/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/")
    page.wait_for_load_state("networkidle")
    reach(page, ".tick")
    page.keyboard.press("Space")
    expect(page.locator("#done-tasks summary")).to_have_text("1 done")
    page.locator("#main").press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Cameras")
    page.keyboard.press("Escape")

    reach(page, ".tabs a[href$='/meetings/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/meetings/")
    reach(page, "#adding-meeting summary")
    page.keyboard.press("Enter")
    reach(page, "[name=starts_at]")
    page.keyboard.type("12242198")
    page.keyboard.press("Tab")
    page.keyboard.type("0930AM")
    reach(page, "[name=place]")
    page.keyboard.type("Room 2.014")
    page.keyboard.press("Enter")

    expect(page.locator("#coming")).to_contain_text("24 December 2198, 09:30")
    expect(page.locator("#coming")).to_contain_text("Room 2.014")
