"""Lists of theses in browsers: found as one types, kept as a view, picked by keys; a moved card moves everywhere."""

import pytest
from playwright.sync_api import expect

from digi.accounts.models import Role
from tests.factories import AffiliationFactory, DepartmentFactory
from tests.thesis.making import Institute, dated
from thesis.models import Programme, SavedView, Thesis
from thesis.states import State


@pytest.fixture
def institute(person):
    department = DepartmentFactory(name="Distributed Systems", slug="ds")
    asks = {"proposal_required": False, "second_examiner_required": False, "defence_required": False}
    programme = Programme.objects.create(department=department, name="Informatics", **asks)
    parts = {"student": Role.STUDENT, "supervisor": Role.SUPERVISOR, "examiner": Role.EXAMINER}
    names = {"student": "alice", "supervisor": "bob", "examiner": "carol", "coordinator": "grace"}
    people = {part: person(name) for part, name in names.items()}
    for part, user in people.items():
        AffiliationFactory(user=user, department=department, role=parts.get(part, Role.COORDINATOR))
    return Institute(programme, **people)


def test_list_is_found_kept_and_worked_through_by_keys(signed_in_page, institute):
    for title in ("Bounded lag", "Bounded queues", "Stalled viewers"):
        dated(institute.thesis(title=title))
    page = signed_in_page(institute.supervisor)
    page.goto("/theses/?sort=title")

    page.get_by_role("searchbox", name="Title or student").fill("bounded")
    expect(page.locator("#pick tbody tr")).to_have_count(2)
    page.get_by_text("View", exact=True).click()
    page.locator("#save-view").get_by_label("Name").fill("Bounded things")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("link", name="Bounded things")).to_have_attribute("aria-current", "page")
    page.locator("summary", has_text="Columns").click()
    page.get_by_role("checkbox", name="Examiners").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("columnheader", name="Examiners")).to_be_visible()

    page.wait_for_load_state()  # with the scripts that hear keys
    page.locator("h1").click()
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.get_by_role("region", name="Selected theses")).to_contain_text("2 selected")
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Selected theses")).to_be_hidden()
    for key in "xkx":
        page.keyboard.press(key)
    page.get_by_role("button", name="Take a step").click()
    page.get_by_label("To").select_option("writing")
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_text("2 of 2 would be done; nothing is done yet")).to_be_visible()
    assert not Thesis.objects.filter(state=State.WRITING).exists()
    page.get_by_role("button", name="Do it for 2 theses").click()

    expect(page.get_by_role("heading", name="Done for 2 theses")).to_be_visible()
    found = Thesis.objects.order_by("title").values_list("title", "state")
    assert list(found) == [("Bounded lag", "writing"), ("Bounded queues", "writing"), ("Stalled viewers", "draft")]
    view = SavedView.objects.get()
    assert view.query == "q=bounded&sort=title"
    assert view.columns == ["state", "due", "milestones", "examiners", "changed"]


def test_card_that_is_moved_by_menu_and_by_dragging_moves_on_the_students_page(signed_in_page, institute):
    thesis = dated(institute.thesis(title="Bounded lag"))
    students = signed_in_page(institute.student)
    board = signed_in_page(institute.supervisor)
    students.goto(f"/theses/{thesis.uuid}/")
    board.goto("/theses/board/")
    card = board.locator(f"#card-{thesis.uuid}")

    card.get_by_text("Move to").click()
    card.get_by_role("button", name="Writing").click()

    expect(board.locator("#column-writing").locator(f"#card-{thesis.uuid}")).to_be_visible()
    expect(students.locator("#masthead .state")).to_have_attribute("data-state", "writing")

    Thesis.objects.filter(pk=thesis.pk).update(state=State.SUBMITTED)
    board.goto("/theses/board/?state=submitted&state=under_review")
    card.drag_to(board.locator("#column-under_review"))

    expect(board.locator("#column-under_review").locator(f"#card-{thesis.uuid}")).to_be_visible()
    expect(students.locator("#masthead .state")).to_have_attribute("data-state", "under_review")
