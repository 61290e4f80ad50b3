"""Mentions that reach readers only, access that ends, and people who are forgotten."""

import pytest

from digi.accounts.services import people
from digi.notifications.models import Delivery, DeliveryState, Inbox, Level, Mute, Notification, Preference, Watch
from digi.notifications.services import mentions, notify, wishes, withdraw
from tests.digi.notifications.conftest import AUTHOR, REMARK, Thing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@alice, @Bob: see @charlie.", {"alice", "bob", "charlie"}),
        ("mail alice@example.org or bob@", set()),
        ("`@alice` and\n```\n@bob\n```\n@charlie", {"charlie"}),
        ("``` @alice", set()),
        ("(@a.b-c+d_e) @x @@alice https://x/@alice", {"a.b-c+d_e"}),
        ("no one", set()),
    ],
)
def test_names_are_found_outside_code_and_addresses(text, names):
    assert mentions.names(text) == names


def test_mention_finds_readers_only_and_leaks_nobody(thing, alice, bob, charlie, erin, django_assert_num_queries):
    thing.readers.discard(bob.pk)
    charlie.is_active = False
    charlie.save()

    with django_assert_num_queries(1):
        found = mentions.found("@alice @bob @charlie @erin @nobody", subject=thing.name)

    assert found == [alice]


def test_access_that_ends_stops_mails_and_watching(thing, alice, bob):
    other = Thing(alice)
    for target in (thing, other):
        notify(**target.told(), to={alice: AUTHOR.name, bob: AUTHOR.name})
        wishes.watch(user=alice, target=target.name, level=Level.ALL)

    withdraw(target=thing.name, users=[alice])

    mine = Delivery.objects.filter(user=alice).order_by("pk").values_list("state", flat=True)
    assert list(mine) == [DeliveryState.DROPPED, DeliveryState.WAITING]
    assert [row.target for row in Watch.objects.all()] == [other.name]
    assert Notification.objects.of(alice).count() == 1
    assert Notification.objects.of(bob).count() == 1


def test_access_to_a_part_takes_back_what_was_told_of_the_part(thing, alice):
    part = Thing(alice)
    notify(**thing.told(), to={alice: AUTHOR.name})
    notify(**thing.told(), to={alice: AUTHOR.name}, subject=part.name)

    withdraw(target=part.name, users=[alice])

    assert list(Notification.objects.order_by("pk").values_list("revoked", flat=True)) == [False, True]


def test_anonymised_person_leaves_nothing_here(thing, alice, bob):
    notify(**thing.told(), to={alice: AUTHOR.name}, actor=bob)
    wishes.watch(user=alice, target=thing.name, level=Level.ALL)
    wishes.mute(user=alice, reason=AUTHOR.name)
    wishes.prefer(user=alice, kind=REMARK.name, timings={"mail": "off"})

    people.anonymise(user=alice)

    for model in (Notification, Delivery, Inbox, Watch, Mute, Preference):
        assert not model.objects.exists()


def test_anonymised_actor_is_told_by_no_name(thing, alice, bob):
    notify(**thing.told(), to={alice: AUTHOR.name}, actor=bob)

    people.anonymise(user=bob)

    told = Notification.objects.select_related("actor").get()
    assert told.actor.get_full_name().startswith("deleted-")
