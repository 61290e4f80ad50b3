"""What the worker does by the calendar, and what an anonymised person leaves behind."""

from datetime import timedelta

import pytest
from django.utils import timezone

from digi.accounts.services import departments, people
from digi.audit.models import AuditEvent
from digi.errors import Conflict, Forbidden
from digi.notifications.models import Level, Notification, Watch
from digi.notifications.services import wishes
from tests.factories import DepartmentFactory
from tests.thesis.making import dated, put
from thesis import days
from thesis.models import Application, MemberRole, ThesisMember, TopicSubscription
from thesis.services import applications, history, keeping, members, programmes, telling, theses, topics
from thesis.states import ApplicationState, State

pytestmark = pytest.mark.django_db


def test_application_expires_once_and_the_student_hears_of_it(institute, alice, dave):
    due = put(institute.application(), expires_at=timezone.now())
    other = institute.application(due.topic, by=dave)
    Notification.objects.all().delete()

    keeping.sweep()
    keeping.sweep()

    due.refresh_from_db()
    other.refresh_from_db()
    assert (due.state, due.open_key, other.state) == (ApplicationState.EXPIRED, None, ApplicationState.SUBMITTED)
    assert (due.steps.count(), history.verify(due)) == (2, None)
    told = Notification.objects.order_by("user__username").values_list("user__username", "facts")
    assert list(told) == [("alice", {"verb": "expire", "rejection": ""}), ("bob", {"verb": "expire", "rejection": ""})]


@pytest.mark.parametrize(("hours", "warned"), [(8 * 24, []), (7 * 24, [7]), (3 * 24, [7]), (24, [1]), (2, [1])])
def test_student_is_warned_seven_days_and_one_day_before(institute, hours, warned):
    application = institute.application()
    Notification.objects.all().delete()
    put(application, expires_at=timezone.now() + timedelta(hours=hours))

    keeping.sweep()
    keeping.sweep()

    found = Notification.objects.filter(kind="application.expiring")
    assert [one.facts["days"] for one in found] == warned


def test_application_that_was_given_more_days_a_moment_ago_is_not_warned_of(
    institute, programme, bob, dave, monkeypatch
):
    """The worker has found both; while it warns of the first one, the second one's place is offered."""
    put(programme, offer_days=30)
    first = institute.application()
    second = institute.application(first.topic, by=dave)
    for n, application in enumerate((first, second)):
        put(application, expires_at=timezone.now() + timedelta(hours=10 + n))
    Notification.objects.all().delete()
    tell = telling.expires_soon

    def slowly(application, days):
        tell(application, days)
        if application == first:
            applications.offer(application=second, by=bob)

    monkeypatch.setattr(telling, "expires_soon", slowly)
    keeping.warn_applicants()

    second.refresh_from_db()
    assert second.warned is None
    assert [one.user.username for one in Notification.objects.filter(kind="application.expiring")] == ["alice"]


def test_deputy_leaves_after_the_last_day_and_takes_nothing_along(thesis, bob, heidi, carol):
    deputy = members.add(thesis=thesis, user=heidi, role="deputy", by=bob, until=days.today())
    keeping.sweep()
    theses.change(thesis=thesis, by=bob, due_on=days.today() + timedelta(days=30))
    before = [one.title for one in Notification.objects.of(heidi)]
    put(deputy, until=days.today() - timedelta(days=1))

    keeping.sweep()
    keeping.sweep()

    deputy.refresh_from_db()
    assert before == ["Bounded lag", "Bounded lag"]
    assert deputy.left_at is not None
    assert AuditEvent.objects.filter(action="thesis.member_left").count() == 1
    assert list(Notification.objects.of(heidi)) == []
    assert Notification.objects.of(carol).exists()


def test_deputy_who_was_given_more_days_a_moment_ago_stays(thesis, bob, heidi):
    deputy = members.add(thesis=thesis, user=heidi, role="deputy", by=bob, until=days.today())
    seen = put(ThesisMember.objects.get(pk=deputy.pk), until=days.today() - timedelta(days=1))
    members.add(thesis=thesis, user=heidi, role="deputy", by=bob, until=days.today())

    members.let_go(member=seen)

    assert ThesisMember.objects.current().filter(pk=deputy.pk).exists()


def test_coordinator_who_is_one_no_more_keeps_nothing_of_what_they_were_told(thesis, department, alice, bob, grace):
    own = theses.create(programme=thesis.programme, title="Her own", kind="master", by=grace)
    members.bring_in(thesis=own, people=[(grace, MemberRole.OBSERVER)], by=grace)
    for one in (thesis, own):
        wishes.watch(user=grace, target=f"thesis:{one.uuid}", level=Level.ALL)
        telling.keeping_ended(one, [grace])
    theses.change(thesis=thesis, by=bob, due_on=days.today() + timedelta(days=30))
    before = Notification.objects.of(grace).count()

    departments.revoke(affiliation=grace.affiliations.get())

    assert before == 3
    assert [one.title for one in Notification.objects.of(grace)] == ["Her own"]
    assert [watch.target for watch in Watch.objects.filter(user=grace)] == [f"thesis:{own.uuid}"]
    assert Notification.objects.of(alice).exists()


def test_second_warning_follows_the_first(institute, alice):
    application = put(institute.application(), expires_at=timezone.now() + timedelta(days=5))
    keeping.sweep()
    put(application, expires_at=timezone.now() + timedelta(hours=20), warned=7)
    keeping.sweep()

    found = Notification.objects.filter(kind="application.expiring").order_by("number")
    assert [one.facts["days"] for one in found] == [7, 1]


def test_completed_thesis_is_archived_when_it_has_rested_and_is_complete(institute):
    long_ago = timezone.now() - timedelta(days=91)
    done = {"state": State.COMPLETED, "abstract": "A.", "completed_at": long_ago}
    due = dated(institute.thesis(title="Due", **done))
    fresh = dated(institute.thesis(title="Fresh", **done | {"completed_at": timezone.now()}))
    bare = dated(institute.thesis(title="Bare", **done | {"abstract": ""}))

    keeping.sweep()

    for thesis in (due, fresh, bare):
        thesis.refresh_from_db()
    assert [thesis.state for thesis in (due, fresh, bare)] == ["archived", "completed", "completed"]
    assert history.verify(due) is None


def test_thesis_that_was_taken_back_from_the_archive_rests_again(institute, grace):
    long_ago = timezone.now() - timedelta(days=91)
    done = {"state": State.COMPLETED, "abstract": "A.", "completed_at": long_ago}
    thesis = dated(institute.thesis(**done))
    keeping.sweep()
    thesis.refresh_from_db()
    theses.transition(thesis=thesis, to=State.COMPLETED, by=grace, reason="The title is wrong.")

    keeping.sweep()
    thesis.refresh_from_db()
    taken_back = thesis.state
    thesis.transitions.filter(back=True).update(at=long_ago)
    keeping.sweep()

    thesis.refresh_from_db()
    assert (taken_back, thesis.state) == (State.COMPLETED, State.ARCHIVED)


def test_anonymised_person_leaves_no_words_about_themselves(institute, programme, alice):
    application = institute.application()
    topics.subscribe(programme=programme, by=alice)

    people.anonymise(user=alice)

    application = Application.objects.get()
    assert (application.state, application.motivation, application.cv) == (ApplicationState.WITHDRAWN, "", "")
    assert not TopicSubscription.objects.exists()
    assert history.verify(application) is None


# Programmes


def test_programmes_are_their_departments_coordinators(department, programme, alice, bob, grace, root, erin):
    other = DepartmentFactory()
    made = programmes.create(department=department, name="Mathematics", by=grace, offer_days=3)
    programmes.change(programme=made, by=root, name="Maths", version=1)

    for by in (alice, bob, erin):
        with pytest.raises(Forbidden):
            programmes.create(department=department, name="Chess", by=by)
        with pytest.raises(Forbidden):
            programmes.change(programme=programme, by=by, name="Chess")
    with pytest.raises(Forbidden):
        programmes.create(department=other, name="Chess", by=grace)
    with pytest.raises(Conflict):
        programmes.create(department=department, name="Maths", by=grace)
    with pytest.raises(Conflict):
        programmes.change(programme=programme, by=grace, name="Maths")
