"""The board: theses by state, and moving one by its menu."""

import re
from datetime import timedelta

import pytest

from tests.chat.reading import words
from tests.thesis.making import dated, leave, put
from thesis import days
from thesis.models import MemberRole, ThesisMember, Transition
from thesis.services import columns
from thesis.states import State

pytestmark = pytest.mark.django_db
BOARD = "/theses/board/"


def place(thesis) -> str:
    return f"{BOARD}{thesis.uuid}/"


def column(response, state: str) -> str:
    """The words of a column."""
    html = re.search(rf'id="column-{state}".*?</section>', response.content.decode(), re.DOTALL).group()
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def draft(institute):
    return institute.thesis(title="Bounded lag")


def test_board_shows_theses_in_the_columns_of_their_states(client_for, bob, draft, institute):
    dated(institute.thesis(title="Stalled viewers", state=State.WRITING), due=-1)

    page = client_for(bob).get(BOARD)

    assert re.search(r"Draft 1 Bounded lag Alice .*Move to", column(page, "draft"))
    assert "late by 1 day" in column(page, "writing")
    assert "None here" in column(page, "graded")
    assert 'id="column-archived"' not in page.content.decode()


def test_column_says_how_many_more_there_are_and_leads_to_them(client_for, monkeypatch, bob, institute):
    monkeypatch.setattr(columns, "FIRST", 2)
    for number in range(3):
        dated(institute.thesis(title=f"Thesis {number}"), due=number)

    page = client_for(bob).get(BOARD)

    assert "Draft 3" in column(page, "draft")
    assert "Thesis 1" in column(page, "draft")
    assert "Thesis 2" not in column(page, "draft")
    assert 'href="/theses/?state=draft"' in page.content.decode()


def test_filters_hold_for_the_board_too(client_for, bob, draft, institute):
    institute.thesis(title="Stalled viewers", state=State.ARCHIVED)

    assert "Bounded lag" not in words(client_for(bob).get(f"{BOARD}?q=stalled"))
    assert "Stalled viewers" in column(client_for(bob).get(f"{BOARD}?stage=ended"), "archived")
    assert "No thesis fits" in words(client_for(bob).get(f"{BOARD}?q=nothing"))


def test_outsider_former_member_and_another_role_see_and_move_no_more_than_their_own(
    client_for, erin, heidi, carol, draft
):
    ThesisMember.objects.create(thesis=draft, user=heidi, role=MemberRole.SUPERVISOR)
    leave(draft, heidi)

    for outside in (erin, heidi):
        assert "Bounded lag" not in words(client_for(outside).get(BOARD))
        assert client_for(outside).get(place(draft)).status_code == 404
        assert client_for(outside).post(place(draft), {"to": "writing"}).status_code == 404
    refused = client_for(carol).post(place(draft), {"to": "writing"})
    assert refused.status_code == 422
    assert "Only a supervisor may do this." in words(refused)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_menu_offers_allowed_steps_and_says_why_not_the_others(client_for, bob, draft):
    page = client_for(bob).get(place(draft)).content.decode()

    moves = re.search(r'id="moves".*?</ul>', page, re.DOTALL).group()
    assert re.findall(r'name="to" value="(\w+)"', moves) == ["proposal", "writing"]
    assert "to=withdrawn" in moves  # needs a reason: a form of its own
    blocked = words(client_for(bob).get(place(put(draft, state=State.SUBMITTED))))
    assert "Under review" in blocked


def test_step_that_needs_nothing_is_taken_and_leads_back_to_the_board(client_for, bob, draft):
    answer = client_for(bob).post(place(draft), {"to": "writing", "back": "q=lag", "version": draft.version})

    draft.refresh_from_db()
    assert answer.headers["Location"] == f"{BOARD}?q=lag"
    assert draft.state == State.WRITING


def test_second_sending_takes_one_step(client_for, bob, draft):
    client = client_for(bob)
    sent = {"to": "writing", "once": "11111111-1111-4111-8111-111111111111"}

    places = [client.post(place(draft), sent).headers["Location"] for _ in range(2)]

    assert places == [f"{BOARD}?"] * 2
    assert Transition.objects.filter(thesis=draft).count() == 2


def test_step_with_needs_asks_for_them_and_keeps_what_was_written(client_for, bob, draft):
    thesis, client = dated(put(draft, state=State.UNDER_REVIEW)), client_for(bob)
    assert re.findall(
        r'name="(reason|due_on|declaration)"', client.get(f"{place(thesis)}?to=revision").content.decode()
    ) == [
        "reason",
        "due_on",
    ]

    passed = client.post(place(thesis), {"to": "revision", "reason": "Chapter 3", "due_on": days.today()})
    missing = client.post(place(thesis), {"to": "revision", "reason": "", "due_on": ""})
    done = client.post(
        place(thesis), {"to": "revision", "reason": "Chapter 3", "due_on": days.today() + timedelta(days=9)}
    )

    assert (passed.status_code, missing.status_code, done.status_code) == (422, 422, 302)
    assert "The new due date must lie ahead." in words(passed)
    assert "Chapter 3</textarea>" in passed.content.decode()
    assert 'id="move"' in missing.content.decode()


def test_page_that_has_grown_old_is_told_so(client_for, bob, draft):
    old = draft.version
    put(draft, version=old + 1)

    answer = client_for(bob).post(place(draft), {"to": "writing", "version": old})

    assert answer.status_code == 422
    assert "Somebody has changed this meanwhile." in words(answer)


def test_states_that_are_none_are_refused(client_for, bob, draft):
    answer = client_for(bob).post(place(draft), {"to": "published"})

    assert answer.status_code == 422
    assert "no step leads to" in words(answer)
