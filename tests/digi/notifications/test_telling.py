"""Telling people: whom, why, once, grouped, and in a fixed number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digi.notifications.models import Delivery, Level, Notification, Timing
from digi.notifications.services import notify, views, wishes
from tests.digi.notifications.conftest import AUTHOR, GRADE, NEIGHBOUR, QUIET, REMARK, Thing
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def why(told) -> dict[str, str]:
    return {one.user.username: one.reason for one in told}


def test_notification_says_what_why_and_where(thing, alice, bob):
    (told,) = notify(**thing.told(), to={alice: AUTHOR.name}, actor=bob)

    assert views.views_for(alice, [told]) == [
        {
            "id": 1,
            "n": 1,
            "kind": "test.remark",
            "text": "Bob Özil left 1 remarks",
            "title": "A thing",
            "why": "because you wrote it",
            "reason": "test.author",
            "actor": {"user": "bob", "name": "Bob Özil"},
            "count": 1,
            "target": thing.name,
            "url": f"/things/{thing.name[6:]}/",
            "at": views.moment(told.at),
            "seen": False,
            "read": False,
            "done": False,
            "snoozed_until": None,
        }
    ]


def test_numbers_run_per_person(thing, alice, bob):
    for _ in range(2):
        notify(**thing.told(), to={alice: AUTHOR.name})
    notify(**thing.told(), to={alice: AUTHOR.name, bob: AUTHOR.name})

    numbers = Notification.objects.order_by("user", "number").values_list("user", "number", "changed", "latest")
    assert list(numbers) == [(alice.pk, 1, 1, 1), (alice.pk, 2, 2, 2), (alice.pk, 3, 3, 3), (bob.pk, 1, 1, 1)]


def test_nobody_is_told_of_their_own_doing(thing, alice, bob):
    told = notify(**thing.told(), to={alice: AUTHOR.name, bob: AUTHOR.name}, actor=alice, mentions=[alice])

    assert why(told) == {"bob": AUTHOR.name}


def test_outsider_former_reader_and_closed_accounts_are_not_told(thing, alice, bob, charlie, erin):
    thing.readers.discard(bob.pk)
    charlie.is_active = False
    charlie.save()

    told = notify(**thing.told(), to=dict.fromkeys((alice, bob, charlie, erin), AUTHOR.name), mentions=[erin, bob])

    assert why(told) == {"alice": AUTHOR.name}


def test_subject_decides_who_may_read_and_target_who_wants_to(thing, alice, bob):
    part = Thing(bob)

    told = notify(**thing.told(), to={alice: AUTHOR.name, bob: AUTHOR.name}, subject=part.name)

    assert why(told) == {"bob": AUTHOR.name}


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        (Level.ALL, {AUTHOR.name, NEIGHBOUR.name, "mention"}),
        (Level.PARTICIPATING, {AUTHOR.name, "mention"}),
        (Level.MENTIONS, {"mention"}),
        (Level.MUTE, set()),
    ],
)
def test_watch_level_decides_what_is_heard(thing, alice, bob, level, heard):
    wishes.watch(user=alice, target=thing.name, level=level)

    for reason in (AUTHOR.name, NEIGHBOUR.name):
        notify(**thing.told(), to={alice: reason}, actor=bob)
    notify(**thing.told(), to={alice: AUTHOR.name}, mentions=[alice], actor=bob)

    assert set(Notification.objects.values_list("reason", flat=True)) == heard


def test_followers_are_told_while_they_may_read(thing, alice, bob, charlie):
    for person in (bob, charlie):
        wishes.watch(user=person, target=thing.name, level=Level.ALL)
    thing.readers.discard(charlie.pk)

    told = notify(**thing.told(), to={alice: AUTHOR.name})
    unasked = notify(**thing.told(), to={alice: AUTHOR.name}, followers=False)

    assert why(told) == {"alice": AUTHOR.name, "bob": "watching"}
    assert why(unasked) == {"alice": AUTHOR.name}


def test_muted_reason_is_quiet_about_its_target_or_about_all(thing, alice, bob):
    other = Thing(alice, bob)
    wishes.mute(user=alice, reason=AUTHOR.name, target=thing.name)
    wishes.mute(user=bob, reason=AUTHOR.name)

    here = notify(**thing.told(), to={alice: AUTHOR.name, bob: AUTHOR.name})
    there = notify(**other.told(), to={alice: AUTHOR.name, bob: AUTHOR.name})
    mentioned = notify(**thing.told(), to={}, mentions=[alice, bob])

    assert (why(here), why(there)) == ({}, {"alice": AUTHOR.name})
    assert why(mentioned) == {"alice": "mention", "bob": "mention"}


def test_obligatory_kind_reaches_whoever_muted(thing, alice):
    wishes.watch(user=alice, target=thing.name, level=Level.MUTE)
    wishes.mute(user=alice, reason=AUTHOR.name)

    told = notify(**thing.told(kind=GRADE.name), to={alice: AUTHOR.name})

    assert why(told) == {"alice": AUTHOR.name}
    assert Delivery.objects.get().timing == Timing.INSTANT


def test_same_key_is_told_once_and_later_readers_are_told_then(thing, alice, bob, charlie):
    thing.readers.discard(charlie.pk)
    everybody = dict.fromkeys((alice, bob, charlie), AUTHOR.name)

    first = notify(**thing.told(), to=everybody, once="remark:1")
    repeated = notify(**thing.told(), to=everybody, once="remark:1")
    thing.readers.add(charlie.pk)
    widened = notify(**thing.told(), to=everybody, once="remark:1")

    assert [why(told) for told in (first, repeated, widened)] == [
        {"alice": AUTHOR.name, "bob": AUTHOR.name},
        {},
        {"charlie": AUTHOR.name},
    ]


def test_group_gathers_while_unread(thing, alice, bob, charlie, erin):
    thing.readers.add(erin.pk)
    for actor in (bob, charlie, bob, erin):
        (told,) = notify(**thing.told(), to={alice: AUTHOR.name}, actor=actor, group="remarks")

    (view,) = views.views_for(alice, Notification.objects.filter(user=alice))
    assert (view["text"], view["count"], view["id"], view["n"]) == ("Erin and 2 others left 4 remarks", 4, 1, 4)
    assert told.occurrences.count() == 4

    Notification.objects.update(read_at=told.at)
    (new,) = notify(**thing.told(), to={alice: AUTHOR.name}, actor=bob, group="remarks")
    assert (new.number, new.count) == (2, 1)


def test_groups_do_not_mix_kinds_reasons_or_people(thing, alice, bob):
    notify(**thing.told(), to={alice: AUTHOR.name}, group="g")
    notify(**thing.told(kind=QUIET.name), to={alice: AUTHOR.name}, group="g")
    notify(**thing.told(), to={alice: NEIGHBOUR.name, bob: AUTHOR.name}, group="g")

    assert Notification.objects.filter(user=alice).count() == 3
    assert set(Notification.objects.values_list("count", flat=True)) == {1}


def test_kind_that_is_off_in_the_inbox_is_mailed_only(thing, alice):
    wishes.prefer(user=alice, kind=REMARK.name, timings={"inbox": "off"})

    (told,) = notify(**thing.told(), to={alice: AUTHOR.name})

    assert not Notification.objects.of(alice).exists()
    assert (told.number, told.changed) == (1, 0)
    assert told.deliveries.count() == 1


def test_people_without_an_address_get_no_mail(thing, alice):
    alice.email = None
    alice.save()

    (told,) = notify(**thing.told(), to={alice: AUTHOR.name})

    assert not told.deliveries.exists()


def test_group_is_mailed_at_once_and_then_calmly(thing, alice, bob):
    def tell():
        (told,) = notify(**thing.told(), to={alice: AUTHOR.name}, actor=bob, group="g")
        return told

    tell()
    absorbed = tell()
    Delivery.objects.update(state="sent")
    later = tell()
    tell()

    assert absorbed.deliveries.count() == 2
    second = absorbed.deliveries.order_by("pk").last()
    assert second.occurrence == 3
    assert 290 < (second.due_at - later.at).total_seconds() < 310


@pytest.mark.parametrize("wrong", [{"kind": "test.unknown"}, {"target": "nothing:1"}, {"to": "test.unknown"}])
def test_names_that_nobody_registered_are_a_mistake(thing, alice, wrong):
    told = thing.told(to={alice: wrong["to"]}) if "to" in wrong else thing.told(to={alice: AUTHOR.name}) | wrong

    with pytest.raises(LookupError):
        notify(**told)


def test_queries_do_not_grow_with_the_people(thing):
    crowds = [[PersonFactory() for _ in range(size)] for size in (1, 3)]
    thing.readers.update(person.pk for crowd in crowds for person in crowd)
    counts = []
    for crowd in crowds:
        told = thing.told(to=dict.fromkeys(crowd, AUTHOR.name), group="g", once="")
        for _ in ("a new inbox", "a group", "again"):
            with CaptureQueriesContext(connection) as queries:
                notify(**told)
            counts.append(len(queries))

    assert counts[:3] == counts[3:]
    assert max(counts) <= 24
