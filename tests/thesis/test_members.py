"""People of a thesis: coming, leaving, groups, deputies, handing over, and the rooms they get."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Room
from digi.errors import Conflict, Invalid, NotFound
from digi.notifications.models import Notification
from tests.thesis.making import leave, put
from thesis import days
from thesis.models import MemberRole, Thesis, ThesisMember
from thesis.services import access, history, members
from thesis.states import State

pytestmark = pytest.mark.django_db


def pairs() -> set[frozenset[str]]:
    rooms = Room.objects.prefetch_related("memberships__user")
    return {frozenset(one.user.username for one in room.memberships.all()) for room in rooms}


def pair(*names: str) -> frozenset[str]:
    return frozenset(names)


def test_group_has_a_room_for_each_student_and_supervisor(thesis, dave, heidi, bob):
    members.add(thesis=thesis, user=dave, role="student", by=bob)
    members.add(thesis=thesis, user=heidi, role="co_supervisor", by=bob)

    assert pairs() == {
        pair("alice", "bob"),
        pair("dave", "bob"),
        pair("alice", "heidi"),
        pair("dave", "heidi"),
    }


def test_newcomer_and_the_others_are_told(thesis, dave, bob):
    Notification.objects.all().delete()

    members.add(thesis=thesis, user=dave, role="student", by=bob)

    told = Notification.objects.order_by("user__username").values_list("user__username", "kind")
    assert list(told) == [("alice", "thesis.member"), ("carol", "thesis.member"), ("dave", "thesis.joined")]


def test_giving_a_role_twice_changes_nothing(thesis, dave, bob):
    members.add(thesis=thesis, user=dave, role="student", by=bob)
    version = Thesis.objects.get().version
    Notification.objects.all().delete()

    members.add(thesis=thesis, user=dave, role="student", by=bob)

    assert (Thesis.objects.get().version, Notification.objects.count()) == (version, 0)
    assert ThesisMember.objects.filter(user=dave).count() == 1


@pytest.mark.parametrize(
    ("who", "role", "until", "code"),
    [
        ("dave", "king", 0, "unknown_role"),
        ("dave", "supervisor", 0, "no_supervisor"),
        ("carol", "co_supervisor", 0, "no_supervisor"),
        ("heidi", "deputy", 0, "until"),
        ("heidi", "observer", 3, "until"),
        ("heidi", "deputy", -1, "date_passed"),
        ("bob", "student", 0, "two_sides"),
        ("alice", "observer", 0, "two_sides"),
        ("carol", "second_examiner", 0, "same_examiner"),
    ],
)
def test_role_that_does_not_fit_is_refused(thesis, bob, dave, heidi, alice, carol, who, role, until, code):
    person = {"bob": bob, "dave": dave, "heidi": heidi, "alice": alice, "carol": carol}[who]
    day = days.today() + timedelta(days=until) if until else None

    with pytest.raises(Invalid) as refused:
        members.add(thesis=thesis, user=person, role=role, by=bob, until=day)

    assert refused.value.code == code


def test_people_who_are_gone_are_not_brought_in(thesis, dave, bob):
    put(dave, is_active=False)

    with pytest.raises(NotFound):
        members.add(thesis=thesis, user=dave, role="student", by=bob)


def test_last_student_and_last_supervisor_stay(thesis, bob, alice, dave):
    put(thesis, state=State.WRITING)
    student = ThesisMember.objects.get(user=alice)

    with pytest.raises(Conflict) as refused:
        members.remove(thesis=thesis, member=student, by=alice)
    with pytest.raises(Conflict):
        members.remove(thesis=thesis, member=ThesisMember.objects.get(user=bob), by=bob)
    members.add(thesis=thesis, user=dave, role="student", by=bob)
    members.remove(thesis=thesis, member=student, by=alice)

    assert refused.value.code == "last_one"
    assert not access.standing(thesis, alice).is_inside


def test_member_of_another_thesis_is_not_removed_here(institute, thesis, bob):
    other = institute.thesis(title="Other")

    with pytest.raises(NotFound):
        members.remove(thesis=thesis, member=other.members.first(), by=bob)


def test_what_somebody_was_told_goes_with_the_last_role(thesis, carol, bob):
    members.add(thesis=thesis, user=carol, role="observer", by=bob)
    by_role = {member.role: member for member in ThesisMember.objects.filter(user=carol)}
    mine = Notification.objects.filter(user=carol, revoked=False)

    members.remove(thesis=thesis, member=by_role["observer"], by=bob)
    kept = mine.count()
    members.remove(thesis=thesis, member=by_role["examiner"], by=bob)

    assert (kept > 0, mine.count()) == (True, 0)


def test_handing_over_changes_the_supervisor_and_opens_rooms(thesis, bob, heidi, alice, carol):
    Notification.objects.all().delete()

    members.hand_over(thesis=thesis, to=heidi, by=bob)

    current = thesis.members.current().order_by("user__username").values_list("user__username", "role")
    assert list(current) == [("alice", "student"), ("carol", "examiner"), ("heidi", "supervisor")]
    assert pair("alice", "heidi") in pairs()
    told = Notification.objects.filter(revoked=False).order_by("user__username").values_list("user__username", "kind")
    assert list(told) == [("alice", "thesis.member"), ("carol", "thesis.member"), ("heidi", "thesis.joined")]
    with pytest.raises(NotFound):
        members.hand_over(thesis=thesis, to=bob, by=bob)


def test_co_supervisor_who_takes_over_stays_one_person(thesis, bob, heidi):
    members.add(thesis=thesis, user=heidi, role="co_supervisor", by=bob)

    members.hand_over(thesis=thesis, to=heidi, by=bob)

    assert access.standing(thesis, heidi).roles == {"supervisor", "co_supervisor"}


def test_thesis_is_handed_to_supervisors_only_and_not_to_the_same(thesis, bob, carol):
    with pytest.raises(Invalid):
        members.hand_over(thesis=thesis, to=carol, by=bob)
    with pytest.raises(Conflict) as refused:
        members.hand_over(thesis=thesis, to=bob, by=bob)

    assert refused.value.code == "supervises_already"


@pytest.mark.parametrize("gone", [{"is_active": False}, {"is_active": False, "anonymised_at": timezone.now()}])
def test_thesis_of_somebody_who_is_gone_is_handed_over(thesis, alice, bob, heidi, dave, gone):
    members.add(thesis=thesis, user=dave, role="student", by=bob)
    put(alice, **gone)

    members.hand_over(thesis=thesis, to=heidi, by=bob)

    assert access.standing(thesis, heidi).roles == {"supervisor"}
    assert (pair("dave", "heidi") in pairs(), pair("alice", "heidi") in pairs()) == (True, False)


def test_newcomer_gets_no_room_with_a_supervisor_who_is_gone(thesis, bob, heidi, dave, grace):
    members.add(thesis=thesis, user=heidi, role="co_supervisor", by=bob)
    put(bob, is_active=False)

    members.add(thesis=thesis, user=dave, role="student", by=grace)

    assert (pair("dave", "heidi") in pairs(), pair("dave", "bob") in pairs()) == (True, False)


def test_coordinator_gives_an_orphan_a_supervisor(thesis, bob, heidi, grace):
    leave(thesis, bob)

    members.hand_over(thesis=thesis, to=heidi, by=grace)

    roles = thesis.members.current().values_list("user__username", "role")
    assert ("heidi", MemberRole.SUPERVISOR) in list(roles)
    assert history.verify(Thesis.objects.get()) is None
