"""The whole life of a thesis, walked by four people: each sees live what concerns them, and nobody else anything."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from digi.accounts.models import Role
from digi.notifications.models import Notification
from tests.e2e import theses as acts
from tests.e2e.theses import state_of, stayed, stays
from tests.factories import AffiliationFactory, DepartmentFactory
from thesis import days
from thesis.models import Programme, Thesis
from thesis.services import history, members, theses, topics

TITLE = "Bounded-lag fan-out of live video"


@pytest.fixture
def people(person) -> SimpleNamespace:
    """Alice studies, Bob supervises, Carol examines, Frank coordinates; Erin studies in another department."""
    department, elsewhere = DepartmentFactory(name="Distributed Systems"), DepartmentFactory(name="Elsewhere")
    programme = Programme.objects.create(
        department=department, name="Informatics", second_examiner_required=False, defence_required=False
    )
    found = SimpleNamespace(department=department, programme=programme)
    for name, role, where in (
        ("alice", Role.STUDENT, department),
        ("bob", Role.SUPERVISOR, department),
        ("carol", Role.EXAMINER, department),
        ("frank", Role.COORDINATOR, department),
        ("erin", Role.STUDENT, elsewhere),
    ):
        user = person(name, display_name=name.title())
        AffiliationFactory(user=user, department=where, role=role)
        setattr(found, name, user)
    topics.subscribe(programme=programme, by=found.alice)
    return found


@pytest.fixture
def hands(signed_in_page: Callable, people) -> SimpleNamespace:
    """A page of each, in a browser of their own."""
    names = ("alice", "bob", "carol", "frank", "erin")
    return SimpleNamespace(**{name: signed_in_page(getattr(people, name)) for name in names})


def beside(page: Page) -> Page:
    """Another tab of the same person, which is looked at and not touched."""
    return page.context.new_page()


@pytest.mark.timeout(300)
def test_thesis_goes_from_topic_to_archive(hands, people, tmp_path: Path) -> None:
    alice, bob, carol, frank, erin = hands.alice, hands.bob, hands.carol, hands.frank, hands.erin

    # A topic, and who is told of it.
    desk = beside(alice)
    desk.goto("/notifications/")
    stays(desk)
    acts.write_topic(bob, TITLE)
    expect(desk.locator("main")).to_contain_text(TITLE)
    assert stayed(desk)

    # An application, an interview, an offer.
    pile = beside(bob)
    pile.goto("/applications/")
    stays(pile)
    address = acts.apply(alice, TITLE)
    expect(pile.locator("main")).to_contain_text(TITLE)
    assert stayed(pile)

    desk.goto(address)
    stays(desk)
    bob.goto(address)
    acts.act(bob, "shortlist")
    tomorrow = days.today() + timedelta(days=1)
    acts.act(bob, "interview", at_1=f"{tomorrow}T10:00")
    desk.locator("form[id^=pick-] button").click()
    expect(bob.locator("#application")).to_contain_text("chosen")
    acts.act(bob, "offer")
    acts.act(desk, "accept")
    thesis = Thesis.objects.get()
    home = f"/theses/{thesis.uuid}/"

    # It belongs to two people, and to nobody else.
    for page in (carol, erin):
        assert page.goto(home).status == 404
    desk.goto(home)
    stays(desk)
    board = beside(bob)
    board.goto(home)
    stays(board)
    acts.step(bob, home, "proposal")
    expect(state_of(desk)).to_have_attribute("data-state", "proposal")

    # A proposal, and its corrections.
    acts.upload(alice, home, "proposal", "First thoughts", tmp_path)
    acts.step(alice, home, "proposal_review")
    expect(state_of(board)).to_have_attribute("data-state", "proposal_review")
    acts.ask_for_a_change(bob, home, "Which link do you measure?")
    acts.step(bob, home, "proposal")
    acts.settle(alice, home, "It is done")
    acts.upload(alice, home, "proposal", "The lossy one", tmp_path)
    acts.step(alice, home, "proposal_review")
    acts.settle(bob, home, "Verify")
    bob.goto(f"{home}edit/")
    bob.locator("#describe [name=abstract]").fill("How long a picture may be late.")
    bob.locator("#describe [name=start_on]").fill(str(days.today()))
    bob.locator("#describe [name=due_on]").fill(str(days.today() + timedelta(days=120)))
    bob.locator("#describe button[type=submit]").click()
    bob.wait_for_url(f"**{home}")
    acts.step(bob, home, "writing")
    expect(state_of(desk)).to_have_attribute("data-state", "writing")

    # Written, handed in, reviewed, revised, handed in again.
    acts.bring_in(bob, home, "carol", "examiner")
    look = beside(carol)
    look.goto(home)
    stays(look)
    acts.upload(alice, home, "final", "The whole of it", tmp_path)
    acts.step(alice, home, "submitted", declare=True)
    expect(state_of(look)).to_have_attribute("data-state", "submitted")
    acts.step(bob, home, "under_review")
    due = str(days.today() + timedelta(days=14))
    acts.step(carol, home, "revision", reason="Chapter 3 lacks units.", due_on=due)
    expect(state_of(desk)).to_have_attribute("data-state", "revision")
    acts.upload(alice, home, "final", "With units", tmp_path)
    acts.step(alice, home, "submitted", declare=True)
    acts.step(bob, home, "under_review")

    # A report, a mark, and the archive.
    carol.goto(f"{home}marks/")
    carol.locator("#report [name=report]").fill("Careful and complete.")
    carol.get_by_role("button", name="Hand the report in").click()
    expect(carol.locator("#reports article")).to_contain_text("Careful and complete.")
    acts.step(carol, home, "graded")
    carol.goto(f"{home}marks/")
    carol.locator("#mark-alice [name=value]").fill("1.3")
    carol.locator("#mark-alice button").click()
    desk.goto(f"{home}marks/")
    expect(desk.locator("#marks")).not_to_contain_text("1.3")
    stays(desk)
    carol.get_by_role("button", name="Publish the marks").click()
    expect(desk.locator("#marks .mark")).to_have_text("1.3")
    assert stayed(desk)
    acts.step(carol, home, "completed")
    acts.step(frank, home, "archived")
    expect(state_of(board)).to_have_attribute("data-state", "archived")

    assert stayed(board)
    assert stayed(look)
    assert erin.goto(home).status == 404
    thesis.refresh_from_db()
    assert history.verify(thesis) is None
    assert not Notification.objects.filter(user=people.erin).exists()
    steps = [
        (step.from_state, step.to_state, step.actor.username)
        for step in thesis.transitions.select_related("actor").order_by("n")
    ]
    assert steps == [
        ("", "draft", "alice"),
        ("draft", "proposal", "bob"),
        ("proposal", "proposal_review", "alice"),
        ("proposal_review", "proposal", "bob"),
        ("proposal", "proposal_review", "alice"),
        ("proposal_review", "writing", "bob"),
        ("writing", "submitted", "alice"),
        ("submitted", "under_review", "bob"),
        ("under_review", "revision", "carol"),
        ("revision", "submitted", "alice"),
        ("submitted", "under_review", "bob"),
        ("under_review", "graded", "carol"),
        ("graded", "completed", "carol"),
        ("completed", "archived", "frank"),
    ]


def test_thesis_is_withdrawn(hands, people) -> None:
    thesis = opened(people)
    home = f"/theses/{thesis.uuid}/"
    hands.alice.goto(home)
    stays(hands.alice)
    listed = beside(hands.alice)
    listed.goto("/theses/")
    expect(listed.locator("#found")).to_contain_text(TITLE)
    stays(listed)

    hands.bob.goto(home)
    hands.bob.get_by_label("More about this thesis").click()
    hands.bob.get_by_role("link", name="Withdraw the thesis").click()
    question = hands.bob.locator("dialog[open]")
    question.locator("[name=reason]").fill("Alice moves to another university.")
    question.get_by_role("button", name="Withdraw").click()

    expect(state_of(hands.alice)).to_have_attribute("data-state", "withdrawn")
    assert stayed(hands.alice)
    expect(listed.locator("#found")).not_to_contain_text(TITLE)
    assert stayed(listed)
    expect(hands.alice.locator("main")).to_contain_text("Alice moves to another university.")
    assert hands.erin.goto(home).status == 404


def opened(people) -> Thesis:
    """A thesis of Alice's and Bob's."""
    found = theses.create(programme=people.programme, title=TITLE, kind="master", by=people.bob)
    members.add(thesis=found, user=people.alice, role="student", by=people.bob)
    return found
