"""Who may take a list of theses away, how often, and what is noted of it."""

import pytest

from digi.accounts.models import Token
from digi.accounts.services import tokens
from digi.audit.models import AuditEvent
from digi.environment import Rate
from tests.thesis.lists import whole
from thesis.models import Mark
from thesis.states import State

pytestmark = pytest.mark.django_db

FORMS = ("csv", "xlsx", "json", "bibtex")


@pytest.mark.parametrize("form", FORMS)
def test_only_those_who_work_on_a_thesis_take_it_away(world, taken, form):
    rows = {role: len(taken(person, form)) for role, person in world.people.items()}

    assert rows == {
        "student": 1,
        "supervisor": 1,
        "examiner": 1,
        "observer": 1,
        "coordinator": 1,
        "superuser": 1,
        "outsider": 0,
        "former": 0,
    }


def test_reader_of_the_library_takes_nothing_away(institute, taken, erin):
    """A title may be public for reading and is still no line in a stranger's export."""
    institute.thesis(state=State.ARCHIVED, visibility="public")

    assert taken(erin, "json") == []


@pytest.mark.parametrize("form", FORMS)
def test_marks_are_never_in_it(institute, taken, carol, alice, form):
    thesis = institute.thesis(state=State.GRADED)
    Mark.objects.create(thesis=thesis, student=alice, value="4.7", entered_by=carol)

    (row,) = taken(carol, form)

    assert "4.7" not in {str(value) for value in row.values()}
    assert not {"mark", "marks"} & set(row)


def test_export_is_audited_by_filter_and_not_by_what_was_looked_for(institute, taken, bob):
    institute.thesis()

    taken(bob, "csv", "&q=alice&kind=master")

    line = AuditEvent.objects.get(action="theses.exported")
    assert (line.actor, line.details) == (bob, {"format": "csv", "filters": ["kind", "q"]})


def test_export_is_throttled(institute, api, bob, settings):
    settings.DIGI_LIMITS = settings.DIGI_LIMITS | {"exports": Rate(2, 60)}
    call = api(bob)

    answers = [call("get", "theses/export/?format=json") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert all(whole(answer) for answer in answers[:2])
    assert answers[2].headers["Retry-After"]
    assert call("get", "theses/").status_code == 200


def test_stranger_and_token_without_the_scope_are_refused(client, alice):
    _, secret = tokens.create(user=alice, name="bot", scopes=["me:read"])

    assert client.get("/api/v1/theses/export/?format=csv").status_code == 401
    answer = client.get("/api/v1/theses/export/?format=csv", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 403
    assert Token.objects.count() == 1
