"""Handing in an application: for which topics, by whom, and once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from digi.accounts.models import Role
from digi.errors import Conflict, DigiError, Forbidden, Invalid, NotFound
from digi.notifications.models import Notification
from tests.factories import AffiliationFactory
from tests.thesis.making import put
from tests.thesis.races import at_once
from thesis.models import Application, ApplicationStep, TopicState
from thesis.services import applicants, applications, history

pytestmark = pytest.mark.django_db

TOMORROW = timedelta(days=1)


def test_application_for_a_topic_starts_its_history(institute, alice, bob):
    application = institute.application()

    (step,) = application.steps.all()
    assert (step.n, step.from_state, step.to_state, step.actor) == (1, "", "submitted", alice)
    assert history.verify(application) is None
    assert application.title == application.topic.title
    assert application.expires_at.date() == (timezone.now() + timedelta(weeks=8)).date()
    told = Notification.objects.values_list("user__username", "kind", "reason")
    assert list(told) == [("bob", "application.step", "application.owner")]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"state": "draft"}, None),
        ({"state": "closed"}, "topic_not_open"),
        ({"state": "filled"}, "topic_not_open"),
        ({"deadline": timezone.now().date() - timedelta(days=2)}, "deadline_passed"),
        ({"kinds": ",bachelor,"}, "wrong_kind"),
    ],
)
def test_topic_that_is_not_open_takes_no_application(institute, alice, values, code):
    topic = put(institute.topic(), **values)

    with pytest.raises(DigiError) as refused:
        institute.application(topic)

    assert refused.value.code == (code or "not_found")
    assert not Application.objects.exists()


def test_full_topic_takes_no_application_but_an_offered_one_does(institute, alice, dave):
    topic = institute.topic(capacity=1)
    offered = institute.offered(topic)
    institute.application(topic, by=dave)
    applications.withdraw(application=Application.objects.get(student=dave), by=dave)
    applications.accept(application=offered, by=alice)
    topic.refresh_from_db()
    put(topic, state=TopicState.OPEN)

    with pytest.raises(Conflict) as refused:
        institute.application(topic, by=dave)

    assert refused.value.code == "topic_full"


def test_one_open_application_a_topic(institute, alice):
    topic = institute.topic()
    first = institute.application(topic)

    with pytest.raises(Conflict) as refused:
        institute.application(topic)
    applications.withdraw(application=first, by=alice)
    again = institute.application(topic)

    assert refused.value.code == "already_applied"
    assert again.pk != first.pk


def test_own_title_asks_a_supervisor(institute, programme, alice, bob, carol, heidi):
    asked = {"programme": programme, "by": alice, "kind": "bachelor", "title": "My own"}
    application = applications.apply_with_title(supervisor=bob, **asked)

    assert applicants.owners(application) == [bob]
    with pytest.raises(Conflict):
        applications.apply_with_title(supervisor=bob, **asked)
    with pytest.raises(Invalid) as refused:
        applications.apply_with_title(supervisor=carol, **asked)
    assert refused.value.code == "no_supervisor"
    with pytest.raises(NotFound):
        applications.shortlist(application=application, by=heidi)
    accepted = applications.accept(application=applications.offer(application=application, by=bob), by=alice)
    assert accepted.thesis.title == "My own"


def test_only_students_of_the_department_apply(institute, programme, bob, heidi, erin, somebody):
    topic = institute.topic()

    with pytest.raises(Forbidden) as refused:
        institute.application(topic, by=heidi)
    with pytest.raises(NotFound):
        institute.application(topic, by=erin)
    with pytest.raises(NotFound):
        applications.apply_with_title(programme=programme, title="Mine", supervisor=bob, by=erin, kind="master")

    assert refused.value.message == "Only students of the department apply."


def test_nobody_applies_to_themselves(institute, programme, bob, department):
    AffiliationFactory(user=bob, department=department, role=Role.STUDENT)
    topic = institute.topic()

    with pytest.raises(Invalid) as of_topic:
        institute.application(topic, by=bob)
    with pytest.raises(Invalid) as of_title:
        applications.apply_with_title(programme=programme, title="Mine", supervisor=bob, by=bob, kind="master")

    assert (of_topic.value.code, of_title.value.code) == ("two_sides", "two_sides")
    assert not Application.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_applying_twice_at_the_same_moment_is_once(institute, alice):
    topic = institute.topic()

    answers = at_once(2, lambda _n: institute.application(topic).state)

    assert sorted(answers) == ["already_applied", "submitted"]
    assert ApplicationStep.objects.count() == 1


def test_students_of_another_department_find_nothing(institute, person):
    stranger = AffiliationFactory(user=person("mallory"), role=Role.STUDENT).user

    with pytest.raises(NotFound):
        institute.application(institute.topic(), by=stranger)
