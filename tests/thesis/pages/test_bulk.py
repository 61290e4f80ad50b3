"""Acts on many theses: rehearsed, then done for each that allows it."""

from datetime import timedelta

import pytest

from digi.accounts.models import Role
from digi.notifications.models import Notification
from tests.chat.reading import words
from tests.factories import AffiliationFactory
from tests.thesis.making import leave, put
from thesis import days
from thesis.models import MemberRole, Programme, Thesis, ThesisMember, Transition
from thesis.states import State

pytestmark = pytest.mark.django_db
THESES = "/theses/"
MANY = "/theses/many/"


def many(client, theses, act: str, **fields):
    return client.post(MANY, {"act": act, "thesis": [thesis.uuid for thesis in theses]} | fields)


def rehearsed(client, theses, act: str, **fields):
    return client.get(MANY, {"act": act, "thesis": [thesis.uuid for thesis in theses]} | fields)


def test_rehearsal_says_for_each_what_would_happen_and_does_nothing(client_for, bob, three, programme):
    put(programme, proposal_required=False)
    before = list(Transition.objects.values_list("hash", flat=True))

    text = words(rehearsed(client_for(bob), three, "step", to="writing"))

    assert "1 of 3 would be done; nothing is done yet" in text
    assert "Draft → Writing" in text
    assert "From “Completed” no step leads to “Writing”." in text
    assert list(Transition.objects.values_list("hash", flat=True)) == before
    assert not Notification.objects.exists()


def test_act_is_done_for_each_that_allows_it_and_says_which_refused(client_for, bob, alice, three):
    client = client_for(bob)

    told = client.post(MANY, {"act": "step", "to": "writing", "thesis": [one.uuid for one in three]}, follow=True)

    assert "Done for 1 thesis" in words(told)
    assert "2 refused" in words(told)
    assert [thesis.state for thesis in Thesis.objects.order_by("title")] == ["writing", "writing", "completed"]
    assert Notification.objects.filter(user=alice, kind="thesis.state").count() == 1


def test_second_sending_of_the_same_form_acts_once(client_for, bob, three):
    client, once = client_for(bob), "11111111-1111-4111-8111-111111111111"

    first, second = (many(client, three[:1], "step", to="writing", once=once) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert Transition.objects.filter(thesis=three[0]).count() == 2


def test_date_is_set_where_the_person_supervises_and_refused_elsewhere(client_for, bob, heidi, three, institute):
    other = institute.thesis(title="Another's", state=State.WRITING)
    ThesisMember.objects.create(thesis=other, user=heidi, role=MemberRole.SUPERVISOR)
    leave(other, bob)
    ThesisMember.objects.create(thesis=other, user=bob, role=MemberRole.OBSERVER)
    day = days.today() + timedelta(days=90)

    told = client_for(bob).post(
        MANY, {"act": "date", "due_on": day.isoformat(), "thesis": [three[1].uuid, other.uuid]}, follow=True
    )

    assert "Done for 1 thesis 1 refused" in words(told)
    assert "a supervisor may do this." in words(told)
    assert Thesis.objects.get(pk=three[1].pk).due_on == day
    assert Thesis.objects.get(pk=other.pk).due_on is None


def test_examiner_is_added_to_several(client_for, bob, frank, three):
    client = client_for(bob)
    asked = {"user": frank.username, "role": "second_examiner"}
    assert "Frank: Second examiner" in words(rehearsed(client, three[:2], "member", **asked))
    assert not ThesisMember.objects.filter(user=frank).exists()

    many(client, three[:2], "member", **asked)

    assert ThesisMember.objects.filter(user=frank, role="second_examiner").count() == 2


def test_reminder_goes_once_a_day_to_whom_it_waits_for(client_for, bob, alice, three):
    client = client_for(bob)

    assert "A word to Alice" in words(rehearsed(client, three, "remind"))
    many(client, three, "remind")
    again = words(client.post(MANY, {"act": "remind", "thesis": [one.uuid for one in three]}, follow=True))

    (told,) = Notification.objects.filter(kind="thesis.nudge")
    assert (told.user, told.target) == (alice, f"thesis:{three[1].uuid}")
    assert "They were reminded today, or do not want to be." in again


@pytest.mark.parametrize("who", ["erin", "dave"])
def test_outsider_and_former_member_reach_no_thesis_by_its_id(request, client_for, three, who):
    other = request.getfixturevalue(who)
    ThesisMember.objects.create(thesis=three[0], user=other, role=MemberRole.OBSERVER)
    leave(three[0], other)

    answer = many(client_for(other), three[:1], "step", to="writing")

    assert answer.headers["Location"].startswith(THESES)
    assert Thesis.objects.get(pk=three[0].pk).state == State.DRAFT


@pytest.mark.parametrize("who", ["alice", "carol"])
def test_other_roles_are_refused_what_is_a_supervisors(request, client_for, three, who):
    client = client_for(request.getfixturevalue(who))

    text = words(rehearsed(client, three[:1], "step", to="writing"))

    assert "Only a supervisor may do this." in text
    assert "Do it" not in text


def test_all_that_is_found_is_taken_up_to_a_limit(client_for, bob, three, monkeypatch):
    monkeypatch.setattr("thesis.services.bulk.AT_MOST", 1)

    page = client_for(bob).get(MANY, {"act": "date", "all": "on", "filters": ""})

    assert page.content.decode().count('name="thesis"') == 1
    assert "1 of those you chose is left out" in words(page)


def test_wrong_answer_is_said_and_nothing_is_done(client_for, bob, three):
    response = many(client_for(bob), three[:1], "date", due_on="soon")

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()


def test_acts_that_are_none_and_results_of_others_are_not_there(client_for, bob, heidi, three):
    done = many(client_for(bob), three[:1], "step", to="writing").headers["Location"]

    assert client_for(bob).get(MANY, {"act": "erase"}).status_code == 404
    assert client_for(heidi).get(done).status_code == 404


def test_choice_of_people_is_of_the_theses_departments(client_for, bob, three, person):
    stranger = person("mallory")
    AffiliationFactory(user=stranger, role=Role.EXAMINER)
    Programme.objects.create(department=stranger.affiliations.get().department, name="Elsewhere")

    page = rehearsed(client_for(bob), three[:1], "member").content.decode()

    assert 'value="carol"' in page
    assert "mallory" not in page
