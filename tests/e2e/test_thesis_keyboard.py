"""The way of a student by keys alone: from the dashboard to an application, and from a draft to a submission."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from digi.accounts.models import Role
from tests.e2e.theses import state_of
from tests.e2e.waiting import UNHURRIED, wait_alive
from tests.factories import AffiliationFactory, DepartmentFactory
from tests.papers import pdf
from thesis.models import Application, Programme
from thesis.services import members, theses, topics

TITLE = "Bounded-lag fan-out of live video"
NAMED = """() => {
  const at = document.activeElement;
  const label = at.labels?.[0]?.textContent ?? at.getAttribute("aria-label") ?? at.textContent;
  return label.replace(/\\s+/g, " ").trim();
}"""


@pytest.fixture
def programme(db) -> Programme:
    return Programme.objects.create(department=DepartmentFactory(), name="Informatics", proposal_required=False)


@pytest.fixture
def alice(person, programme):
    return staffed(person("alice", display_name="Alice Winter"), Role.STUDENT, programme)


@pytest.fixture
def bob(person, programme):
    return staffed(person("bob", display_name="Bob Meyer"), Role.SUPERVISOR, programme)


def staffed(user, role: Role, programme: Programme):
    AffiliationFactory(user=user, department=programme.department, role=role)
    return user


def go_to(page: Page, name: str, *, most: int = 120) -> None:
    """Press Tab until what has this name has the focus."""
    seen = []
    for _press in range(most):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(NAMED))
        if re.fullmatch(name, seen[-1]):
            return
    raise AssertionError(f"No {name} among {seen}")


def follow(page: Page, name: str) -> None:
    """Press what has this name, and arrive on another page."""
    go_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_student_applies_by_keys_alone(signed_in_page: Callable, alice, bob, programme) -> None:
    topic = topics.create(programme=programme, by=bob, title=TITLE, capacity=1)
    topics.move(topic=topic, to="open", by=bob)
    page = signed_in_page(alice)
    page.goto("/")
    wait_alive(page)
    page.evaluate(UNHURRIED)

    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/theses/")
    follow(page, "Topics")
    follow(page, TITLE)
    follow(page, "Apply")
    go_to(page, "Kind of thesis.*")
    page.keyboard.press("ArrowDown")
    follow(page, "Continue")
    go_to(page, "Why this thesis, and why you.*")
    page.keyboard.type("I have built three of them.")
    follow(page, "Continue")
    follow(page, "Continue")
    follow(page, "Send the application")

    assert re.search(r"/applications/[0-9a-f-]{36}/", page.url)
    assert Application.objects.get().motivation == "I have built three of them."


def test_student_hands_in_by_keys_alone(signed_in_page: Callable, alice, bob, programme) -> None:
    thesis = theses.create(programme=programme, title=TITLE, kind="master", by=bob)
    members.add(thesis=thesis, user=alice, role="student", by=bob)
    theses.transition(thesis=thesis, to="writing", by=bob)
    page = signed_in_page(alice)
    page.goto("/")
    page.wait_for_load_state("networkidle")

    follow(page, f".*{TITLE}.*")
    follow(page, "Documents.*")
    go_to(page, "What it is.*")
    page.keyboard.type("Final")
    go_to(page, "File.*")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files({"name": "final.pdf", "mimeType": "application/pdf", "buffer": pdf("The whole of it")})
    go_to(page, "Upload")
    page.keyboard.press("Enter")
    expect(page.locator("#documents")).to_contain_text("final.pdf")
    page.goto(f"/theses/{thesis.uuid}/")
    go_to(page, "I have written this thesis myself.*")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(state_of(page)).to_have_attribute("data-state", "submitted")
