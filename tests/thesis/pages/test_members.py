"""The people of a thesis: brought in, taken out, handed over; reviewers by a link."""

import re
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from digi.accounts.models import Role
from tests.chat.reading import words
from tests.factories import AffiliationFactory
from thesis import days
from thesis.models import MemberRole, ThesisMember
from thesis.services import guests, members
from thesis.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def writing(institute):
    return institute.thesis(state=State.WRITING)


def at(thesis, path: str = "members/") -> str:
    return f"/theses/{thesis.uuid}/{path}"


def roles(thesis) -> set[tuple[str, str]]:
    return set(thesis.members.current().values_list("user__username", "role"))


def member(thesis, user) -> ThesisMember:
    return thesis.members.current().filter(user=user).first()


# Bringing in.


def test_person_is_found_chosen_and_brought_in(client_for, writing, bob, frank):
    client = client_for(bob)

    found = client.get(at(writing) + "?q=fran")
    chosen = client.get(at(writing) + "?add=frank")
    answer = client.post(at(writing), {"user": "frank", "role": "second_examiner", "until": ""})

    assert "?add=frank" in found.text
    assert "Bring Frank in" in words(chosen)
    assert 'value="examiner" selected' in chosen.text
    assert (answer.status_code, ("frank", "second_examiner") in roles(writing)) == (302, True)
    assert "Frank is on the thesis." in words(client.get(at(writing)))


def test_deputy_has_a_last_day(client_for, writing, bob, heidi):
    until = days.today() + timedelta(days=9)
    client = client_for(bob)

    refused = client.post(at(writing), {"user": "heidi", "role": "deputy", "until": ""})
    given = client.post(at(writing), {"user": "heidi", "role": "deputy", "until": until.isoformat()})

    assert (refused.status_code, given.status_code) == (422, 302)
    assert "A deputy, and nobody else, has a last day." in words(refused)
    assert 'id="add"' in refused.text
    assert member(writing, heidi).until == until


def test_nobody_is_brought_in_who_is_not_there(client_for, writing, bob):
    answer = client_for(bob).post(at(writing), {"user": "nobody", "role": "observer", "until": ""})

    assert answer.status_code == 422


@pytest.mark.parametrize(("name", "status"), [("alice", 422), ("carol", 422), ("erin", 404), ("dave", 404)])
def test_bringing_in_is_for_supervisors(client_for, writing, heidi, request, name, status):
    before = roles(writing)

    answer = client_for(request.getfixturevalue(name)).post(at(writing), {"user": "heidi", "role": "observer"})

    assert (answer.status_code, roles(writing)) == (status, before)


def test_people_are_searched_by_supervisors_alone(client_for, writing, alice, frank):
    page = client_for(alice).get(at(writing) + "?q=frank&add=frank")

    assert "Frank" not in words(page)


# Taking out.


def test_removing_asks_and_names_the_act(client_for, writing, bob, carol):
    one = member(writing, carol)
    client = client_for(bob)

    asked = client.get(f"{at(writing)}?remove={one.uuid}")
    answer = client.post(f"{at(writing)}{one.uuid}/")

    assert re.search(rf'<dialog[^>]*id="remove-{one.uuid}"[^>]* open>', asked.text)
    assert "Remove Carol?" in words(asked)
    assert answer.status_code == 302
    assert "carol" not in dict(roles(writing))
    assert client_for(carol).get(at(writing)).status_code == 404


def test_last_student_stays_and_the_dialog_says_why(client_for, writing, bob, alice):
    one = member(writing, alice)

    answer = client_for(bob).post(f"{at(writing)}{one.uuid}/")

    assert answer.status_code == 422
    assert "The thesis would be left without one" in words(answer)
    assert re.search(rf'<dialog[^>]*id="remove-{one.uuid}"[^>]* open>', answer.text)


def test_who_leaves_lands_at_home(client_for, writing, carol):
    answer = client_for(carol).post(f"{at(writing)}{member(writing, carol).uuid}/")

    assert answer.url == "/"
    assert "carol" not in dict(roles(writing))


@pytest.mark.parametrize(("name", "status"), [("alice", 422), ("erin", 404), ("dave", 404)])
def test_removing_others_is_for_supervisors(client_for, writing, carol, request, name, status):
    answer = client_for(request.getfixturevalue(name)).post(f"{at(writing)}{member(writing, carol).uuid}/")

    assert answer.status_code == status
    assert "carol" in dict(roles(writing))


def test_member_of_another_thesis_is_not_here(client_for, institute, writing, bob, carol):
    other = institute.thesis(state=State.WRITING)

    assert client_for(bob).post(f"{at(other)}{member(writing, carol).uuid}/").status_code == 404


# Handing over.


def test_thesis_is_handed_over_and_the_giver_lands_at_home(client_for, writing, bob, heidi):
    answer = client_for(bob).post(at(writing, "handover/"), {"to": "heidi"})

    assert answer.url == "/"
    assert roles(writing) >= {("heidi", "supervisor")}
    assert "bob" not in dict(roles(writing))


def test_thesis_is_not_handed_to_somebody_who_supervises_nothing(client_for, writing, bob, dave):
    answer = client_for(bob).post(at(writing, "handover/"), {"to": "dave"})

    assert answer.status_code == 422
    assert "This person is no supervisor of the department." in words(answer)
    assert ("bob", "supervisor") in roles(writing)


@pytest.mark.parametrize(("name", "status"), [("alice", 403), ("carol", 403), ("erin", 404)])
def test_handing_over_is_for_supervisors(client_for, writing, heidi, request, name, status):
    answer = client_for(request.getfixturevalue(name)).post(at(writing, "handover/"), {"to": "heidi"})

    assert (answer.status_code, ("bob", "supervisor") in roles(writing)) == (status, True)


# Reviewers by a link.


def test_link_is_shown_once_and_opens_the_page(client_for, client, writing, bob):
    supervisor = client_for(bob)

    answer = supervisor.post(at(writing, "invitations/"), {"name": "Ravi", "email": "", "days": 7})

    link = re.search(r'value="(http://testserver/invited/[^"]+)"', answer.text)[1]
    assert link not in supervisor.get(at(writing)).text
    assert "Ravi" in words(supervisor.get(at(writing)))
    assert "This page is for Ravi." in words(client.get(link))


def test_link_that_is_taken_back_opens_nothing(client_for, client, writing, bob):
    invitation, secret = guests.invite(thesis=writing, by=bob, name="Ravi", days=7)

    answer = client_for(bob).post(at(writing, f"invitations/{invitation.uuid}/"))

    assert answer.status_code == 302
    assert client.get(f"/invited/{secret}/").status_code == 404
    assert "taken back" in words(client_for(bob).get(at(writing)))


@pytest.mark.parametrize("days_asked", ["0", "181", "many"])
def test_link_does_not_stand_for_ever(client_for, writing, bob, days_asked):
    answer = client_for(bob).post(at(writing, "invitations/"), {"name": "Ravi", "email": "", "days": days_asked})

    assert (answer.status_code, writing.invitations.count()) == (422, 0)


@pytest.mark.parametrize(("name", "status"), [("alice", 403), ("carol", 403), ("erin", 404), ("dave", 404)])
def test_links_are_for_supervisors(client_for, writing, bob, request, name, status):
    invitation, _secret = guests.invite(thesis=writing, by=bob, name="Ravi Rao", days=7)
    client = client_for(request.getfixturevalue(name))

    made = client.post(at(writing, "invitations/"), {"name": "Mallory", "email": "", "days": 7})
    taken = client.post(at(writing, f"invitations/{invitation.uuid}/"))

    invitation.refresh_from_db()
    assert (made.status_code, taken.status_code) == (status, status)
    assert (writing.invitations.count(), invitation.revoked_at) == (1, None)
    assert "Ravi Rao" not in client.get(at(writing)).text


def test_members_ask_the_database_no_more_for_three_people_than_for_one(client_for, writing, bob, somebody):
    client = client_for(bob)
    client.get(at(writing))
    counts = []
    for name in ("guest-1", "guest-2", "guest-3"):
        ThesisMember.objects.create(thesis=writing, user=somebody(name), role=MemberRole.OBSERVER)
        with CaptureQueriesContext(database) as queries:
            client.get(at(writing))
        counts.append(len(queries))

    assert counts[0] == counts[2]


def test_closed_thesis_takes_nobody_in(client_for, institute, bob, heidi):
    thesis = institute.thesis(state=State.ARCHIVED)

    page = client_for(bob).get(at(thesis) + "?add=heidi")

    assert "Bring" not in words(page)


def test_role_beside_another_one_goes_and_the_other_stays(client_for, writing, bob, department):
    AffiliationFactory(user=bob, department=department, role=Role.EXAMINER)
    members.add(thesis=writing, user=bob, role=MemberRole.SECOND_EXAMINER, by=bob)
    one = writing.members.get(user=bob, role=MemberRole.SECOND_EXAMINER)

    answer = client_for(bob).post(f"{at(writing)}{one.uuid}/")

    assert answer.url == at(writing)
    assert ("bob", "supervisor") in roles(writing)
