"""What an accepted offer makes, and offers at the same moment."""

import pytest
from django.utils import timezone

from chat.models import Room
from digi.accounts.models import Role
from digi.audit.models import AuditEvent
from digi.errors import Conflict, Forbidden
from tests.factories import AffiliationFactory
from tests.thesis.making import put
from tests.thesis.races import at_once
from thesis.models import Application, MemberRole, Thesis, TopicState
from thesis.services import applications, history, topics

pytestmark = pytest.mark.django_db


def members_of(thesis):
    return list(thesis.members.order_by("pk").values_list("user__username", "role"))


def test_accepted_offer_makes_the_thesis_its_members_and_their_rooms(institute, alice, bob, heidi, programme):
    application = institute.offered(institute.topic(owners=[heidi]))

    accepted = applications.accept(application=application, by=alice)

    thesis = accepted.thesis
    assert (thesis.title, thesis.state, thesis.programme) == (application.title, "draft", programme)
    assert members_of(thesis) == [
        ("alice", MemberRole.STUDENT),
        ("bob", MemberRole.SUPERVISOR),
        ("heidi", MemberRole.CO_SUPERVISOR),
    ]
    pairs = {frozenset(room.memberships.values_list("user__username", flat=True)) for room in Room.objects.all()}
    assert pairs == {frozenset({"alice", "bob"}), frozenset({"alice", "heidi"})}
    assert (history.verify(thesis), history.verify(accepted)) == (None, None)
    assert accepted.steps.order_by("n").last().details == {"thesis": str(thesis.uuid)}
    accepted.topic.refresh_from_db()
    assert accepted.topic.state == TopicState.FILLED
    actions = AuditEvent.objects.order_by("n").values_list("action", flat=True)
    assert {"application.accept", "thesis.opened", "thesis.member_joined", "room.opened"} <= set(actions)


def test_who_made_the_offer_supervises_before_the_other_owners(institute, alice, heidi):
    application = institute.application(institute.topic(owners=[heidi]))
    applications.offer(application=application, by=heidi)

    thesis = applications.accept(application=application, by=alice).thesis

    assert members_of(thesis) == [("alice", "student"), ("heidi", "supervisor"), ("bob", "co_supervisor")]


def test_only_who_may_supervise_still_does_so(institute, alice, bob, heidi):
    application = institute.offered(institute.topic(owners=[heidi]))
    put(bob, is_active=False)

    thesis = applications.accept(application=application, by=alice).thesis

    assert members_of(thesis) == [("alice", "student"), ("heidi", "supervisor")]


@pytest.mark.parametrize("gone", [{"is_active": False}, {"anonymised_at": timezone.now()}, {"role": "coordinator"}])
def test_offer_is_not_taken_where_nobody_is_left_to_supervise(institute, alice, bob, gone):
    application = institute.offered()
    put(bob.affiliations.get() if "role" in gone else bob, **gone)

    with pytest.raises(Conflict) as refused:
        applications.accept(application=application, by=alice)

    assert refused.value.code == "no_supervisor"
    assert not Thesis.objects.exists()


def test_student_to_whom_the_topic_was_given_decides_nothing_and_supervises_nobody(institute, alice, bob, department):
    application = institute.application()
    AffiliationFactory(user=alice, department=department, role=Role.SUPERVISOR)
    topics.give(topic=application.topic, by=bob, owners=[alice, bob])

    with pytest.raises(Forbidden):
        applications.offer(application=application, by=alice)
    applications.offer(application=application, by=bob)
    thesis = applications.accept(application=application, by=alice).thesis

    assert members_of(thesis) == [("alice", "student"), ("bob", "supervisor")]


def test_nothing_is_offered_where_nobody_may_supervise(institute, grace):
    topic = topics.move(topic=topics.create(programme=institute.programme, by=grace, title="Mine"), to="open", by=grace)
    application = institute.application(topic)

    with pytest.raises(Conflict) as refused:
        applications.offer(application=application, by=grace)

    assert refused.value.code == "no_supervisor"


def test_room_that_the_two_have_already_is_theirs(institute, alice, bob):
    from chat.services import rooms

    room, _ = rooms.open_pair(by=alice, other=bob)

    applications.accept(application=institute.offered(), by=alice)

    assert list(Room.objects.all()) == [room]


@pytest.mark.django_db(transaction=True)
def test_double_click_on_accept_makes_one_thesis(institute, alice):
    application = institute.offered()

    answers = at_once(3, lambda _n: applications.accept(application=application, by=alice).state)

    assert sorted(answers) == ["accepted", "wrong_state", "wrong_state"]
    assert (Thesis.objects.count(), Room.objects.count()) == (1, 1)
    assert history.verify(Application.objects.get()) is None


@pytest.mark.django_db(transaction=True)
def test_two_offers_at_the_same_moment_share_one_place(institute, alice, dave, bob):
    topic = institute.topic(capacity=1)
    both = [institute.application(topic, by=student) for student in (alice, dave)]

    answers = at_once(2, lambda n: applications.offer(application=both[n], by=bob).state)

    assert sorted(answers) == ["blocked", "offered"]
