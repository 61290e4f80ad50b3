"""Opening rooms, coming, leaving, hiding, settings: what is stored, what is told, and to whom."""

import threading

import pytest
from django.db import connections

from chat import events
from chat.models import Membership, MembershipRole, Room, RoomKind
from chat.services import chain, history, journal, messages, overview, rooms
from digi.errors import Invalid, NotFound
from digi.realtime.events import SocketsClosed
from tests.chat.storms import frames
from tests.chat.writing import add, office, outcomes

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    """Collect what is told: `with told() as events`; it is all there after the block."""
    from contextlib import contextmanager

    @contextmanager
    def collect():
        with office() as found, django_capture_on_commit_callbacks(execute=True):
            yield found

    return collect


def of(told_events, kind) -> list:
    return [event for event in told_events if isinstance(event, kind)]


def test_pair_is_opened_once_whoever_asks(alice, bob):
    first, created = rooms.open_pair(by=alice, other=bob)
    second, again = rooms.open_pair(by=bob, other=alice)

    assert (created, again) == (True, False)
    assert first == second
    assert (first.kind, first.created_by, first.head) == (RoomKind.PAIR, alice, 0)
    assert set(first.memberships.values_list("user", flat=True)) == {alice.pk, bob.pk}


@pytest.mark.django_db(transaction=True)
def test_two_who_open_at_the_same_moment_meet_in_one_room(alice, bob):
    gate, opened = threading.Barrier(2, timeout=30), []

    def open_room(by, other) -> None:
        try:
            gate.wait()
            opened.append(rooms.open_pair(by=by, other=other))
        finally:
            connections.close_all()

    for _ in range(5):
        threads = [threading.Thread(target=open_room, args=pair) for pair in ((alice, bob), (bob, alice))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({room.pk for room, _ in opened}) == 1
        assert sorted(created for _, created in opened) == [False, True]
        Room.objects.all().delete()
        opened.clear()


def test_nobody_opens_a_room_with_themselves_or_with_who_is_gone(alice, bob, charlie):
    bob.is_active = False
    bob.save()

    with pytest.raises(Invalid) as yourself:
        rooms.open_pair(by=alice, other=alice)
    with pytest.raises(NotFound) as gone:
        rooms.open_pair(by=alice, other=bob)

    assert (yourself.value.code, gone.value.code) == ("yourself", "unknown_person")
    assert not Room.objects.exists()


def test_other_finds_the_room_with_the_first_message(alice, bob):
    room, _ = rooms.open_pair(by=alice, other=bob)

    assert [len(overview.listed(user)) for user in (alice, bob)] == [1, 0]
    messages.post(room=room, by=alice, text="hi")
    assert [len(overview.listed(user)) for user in (alice, bob)] == [1, 1]


def test_opening_tells_both_lists(alice, bob, told):
    with told() as found:
        room, _ = rooms.open_pair(by=alice, other=bob)

    assert [(event.topic, event.room, event.hidden) for event in of(found, events.RoomListed)] == [
        (f"user:{alice.pk}", str(room.uuid), False),
        (f"user:{bob.pk}", str(room.uuid), True),
    ]


def test_leaving_is_logged_told_and_ends_the_sockets_in_the_room(room, alice, bob, told):
    journal.write([add(room, bob, "stays")])

    with told() as found:
        rooms.leave(room=room, by=bob)

    left, gone, closed = found
    assert (left.n, left.user, left.state, left.by) == (2, "bob", "left", "bob")
    assert (gone.topic, gone.left) == (f"user:{bob.pk}", True)
    assert closed == SocketsClosed(topic=f"user:{bob.pk}", code=4403, within=f"room:{room.pk}")
    room.refresh_from_db()
    assert room.epoch == 2
    assert overview.one(bob, room) is None
    assert [member.left for member in overview.one(alice, room).members] == [False, True]
    assert outcomes(journal.write([add(room, bob), add(room, alice)])) == ["not_member", 3]
    assert [message.message for message in history.page(room)[0]] == ["stays", "hi"]
    assert chain.verify(room) is None


@pytest.mark.parametrize("act", [rooms.leave, rooms.hide, lambda **who: rooms.set_receipts(**who, on=False)])
def test_outsider_and_former_member_change_nothing(room, alice, bob, charlie, act, told):
    rooms.leave(room=room, by=bob)
    before = list(Membership.objects.order_by("pk").values())

    with told() as found:
        for who in (charlie, bob):
            with pytest.raises(NotFound) as refused:
                act(room=room, by=who)
            assert refused.value.code == "not_member"

    assert found == []
    assert list(Membership.objects.order_by("pk").values()) == before


def test_opening_again_brings_back_who_had_left(room, alice, bob, told):
    messages.post(room=room, by=alice, text="one")
    rooms.set_receipts(room=room, by=bob, on=False)
    rooms.leave(room=room, by=bob)

    with told() as found:
        same, created = rooms.open_pair(by=alice, other=bob)

    assert (same, created) == (room, False)
    assert [(event.user, event.state, event.by) for event in of(found, events.MemberChanged)] == [
        ("bob", "joined", "alice")
    ]
    assert [(event.topic, event.hidden, event.receipts) for event in of(found, events.RoomListed)] == [
        (f"user:{bob.pk}", False, False)
    ]
    assert overview.one(bob, room).last_message.message == "one"
    assert [frame["type"] for frame in frames(history.after(room, 1).events)] == ["setting", "member", "member"]
    assert chain.verify(room) is None


def test_hiding_lasts_until_something_happens(room, alice, bob, told):
    messages.post(room=room, by=bob, text="hi")

    with told() as found:
        rooms.hide(room=room, by=alice)

    assert [(event.topic, event.left) for event in found] == [(f"user:{alice.pk}", False)]
    assert overview.listed(alice) == []
    assert len(overview.listed(bob)) == 1
    assert overview.one(alice, room) is not None
    rooms.open_pair(by=bob, other=alice)
    assert overview.listed(alice) == []
    rooms.open_pair(by=alice, other=bob)
    assert len(overview.listed(alice)) == 1
    rooms.hide(room=room, by=alice)
    messages.post(room=room, by=bob, text="again")
    assert len(overview.listed(alice)) == 1


def test_setting_takes_a_number_only_when_it_changes(room, alice, told):
    with told() as found:
        for on in (True, False, False, True, True):
            rooms.set_receipts(room=room, by=alice, on=on)

    assert [(event.n, event.user, event.setting, event.value) for event in found] == [
        (1, "alice", "receipts", "off"),
        (2, "alice", "receipts", "on"),
    ]
    assert chain.verify(room) is None


def test_group_is_run_by_its_opener_and_open_to_its_members(alice, bob, charlie, person, told):
    dave = person("dave")

    with told() as found:
        group = rooms.open_group(by=alice, others=[bob, charlie], title="Examiners")

    assert (group.kind, str(group), group.pair) == (RoomKind.GROUP, "Examiners", None)
    assert list(group.memberships.order_by("pk").values_list("user__username", "role")) == [
        ("alice", MembershipRole.OWNER),
        ("bob", MembershipRole.MEMBER),
        ("charlie", MembershipRole.MEMBER),
    ]
    assert [event.topic for event in found] == [f"user:{user.pk}" for user in (alice, bob, charlie)]
    assert outcomes(journal.write([add(group, who) for who in (alice, bob, charlie, dave)])) == [1, 2, 3, "not_member"]
    assert [view.title for view in overview.listed(bob)] == ["Examiners"]
    other = rooms.open_group(by=alice, others=[bob, charlie], title="Examiners")
    assert other != group


def test_anonymised_people_stay_in_the_log_without_their_name(room, alice, bob):
    from digi.accounts.services import people

    messages.post(room=room, by=bob, text="from bob")
    people.anonymise(user=bob)

    shown = history.page(room)[0][0]
    assert shown.message == "from bob"
    assert shown.user.startswith("deleted-")
    assert chain.verify(room) is None
    assert overview.one(alice, room).members[1].user.get_full_name().startswith("deleted-")
