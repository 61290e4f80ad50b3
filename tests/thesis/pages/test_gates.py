"""Where a gate of the overview leads: to the place where an obstacle is put right, and only those who may do that."""

import re

import pytest

from tests.thesis import stages
from tests.thesis.making import dated, put, upload
from thesis.models import ChangeRequest
from thesis.states import State

pytestmark = pytest.mark.django_db

REMEDIES = [  # of a thesis in this state: the obstacle, where it is put right, and who is led there
    (State.DRAFT, "The programme asks for a proposal first.", "", ""),
    (State.PROPOSAL, "No proposal is uploaded yet.", "documents", "alice grace"),
    (State.PROPOSAL_REVIEW, "Say what is to change first", "discussion", "bob carol grace"),
    (State.WRITING, "No final version is uploaded yet.", "documents", "alice grace"),
    (State.UNDER_REVIEW, "Reports of examiners are still missing: 1.", "marks", "carol"),
    (State.GRADED, "The mark is not published yet.", "marks", "carol"),
    (State.COMPLETED, "Still missing: the abstract.", "edit", "bob grace"),
]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DIGI_FILES = tmp_path / "files"


@pytest.fixture
def programme(programme):
    """Asks for everything, in time."""
    return put(programme, proposal_required=True, defence_required=True, late="refuse")


@pytest.fixture
def led(client_for, alice, bob, carol, grace):
    """Where the gate with this obstacle leads each person who is led anywhere."""

    def follow(thesis, obstacle: str) -> dict[str, str]:
        found = {}
        for person in (alice, bob, carol, grace):
            client = client_for(person)
            said = client.get(f"/theses/{thesis.uuid}/").text.split(f"<span>{obstacle}")[1].split("</li>")[0]
            for link in re.findall(r'<a href="([^"]+)"', said):
                assert client.get(link).status_code == 200
                found[person.username] = link.removeprefix(f"/theses/{thesis.uuid}/").rstrip("/")
        return found

    return follow


@pytest.mark.parametrize(("state", "obstacle", "place", "people"), REMEDIES)
def test_obstacle_leads_those_who_may_to_where_it_is_put_right(institute, led, state, obstacle, place, people):
    thesis = dated(institute.thesis(state=state))

    assert led(thesis, obstacle) == dict.fromkeys(people.split(), place)


def test_defence_is_booked_among_the_dates(institute, led):
    thesis = dated(institute.thesis(state=State.UNDER_REVIEW))
    stages.report(thesis)

    assert led(thesis, "No defence is booked yet.") == {"bob": "edit", "grace": "edit"}


def test_late_thesis_leads_to_more_time(institute, led):
    thesis = dated(institute.thesis(state=State.WRITING), due=-1)
    upload(thesis, "final")

    people = ("alice", "bob", "grace")
    assert led(thesis, "The due date has passed") == dict.fromkeys(people, "extensions")


def test_blocking_requests_lead_to_the_requests(institute, led):
    thesis = dated(institute.thesis())
    stages.hand_in_a_newer_one(thesis)
    stages.request_a_change(thesis)
    ChangeRequest.objects.update(blocking=True)

    people = ("alice", "bob", "carol", "grace")
    assert led(thesis, "Blocking change requests are still open: 1.") == dict.fromkeys(people, "requests")
