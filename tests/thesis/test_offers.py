"""What an accepted offer makes, and offers at the same moment."""

import pytest

from chat.models import Room
from digi.audit.models import AuditEvent
from tests.thesis.races import at_once
from thesis.models import Application, MemberRole, Thesis, TopicState
from thesis.services import applications, history

pytestmark = pytest.mark.django_db


def test_accepted_offer_makes_the_thesis_its_members_and_their_rooms(institute, alice, bob, heidi, programme):
    application = institute.offered(institute.topic(owners=[heidi]))

    accepted = applications.accept(application=application, by=alice)

    thesis = accepted.thesis
    assert (thesis.title, thesis.state, thesis.programme) == (application.title, "draft", programme)
    members = thesis.members.order_by("pk").values_list("user__username", "role")
    assert list(members) == [
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
