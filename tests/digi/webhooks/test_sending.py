"""What is sent, to whom, how often, and what becomes of it."""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digi.notifications.models import Notification, Preference
from digi.notifications.services import notify, withdraw
from digi.webhooks.models import Attempt, Delivery, OffReason, Webhook
from digi.webhooks.services import keeping, planning, sending, switching, webhooks
from tests.digi.notifications.conftest import AUTHOR, GRADE, QUIET, REMARK, Thing
from tests.digi.webhooks.deliveries import states

pytestmark = pytest.mark.django_db(transaction=True)


# What is sent


def test_notification_arrives_signed_and_says_what_its_owner_reads(hook, receiver, tell, thing):
    told = tell()

    sending.send_due()

    (arrival,) = receiver.arrivals
    delivery = Delivery.objects.get()
    assert arrival.is_signed_by(hook.shown)
    assert arrival.headers["webhook-id"] == f"msg_{delivery.uuid.hex}"
    assert abs(int(arrival.headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    assert arrival.headers["content-type"] == "application/json"
    assert arrival.headers["user-agent"] == "Digi-Webhooks/1"
    at = told.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{told.at.microsecond // 1000:03}Z"
    assert arrival.json() == {
        "type": "test.remark",
        "timestamp": at,
        "data": {
            "id": 1,
            "kind": "test.remark",
            "text": "Bob Özil left 1 remarks",
            "title": "A thing",
            "why": "because you wrote it",
            "reason": "test.author",
            "actor": {"user": "bob", "name": "Bob Özil"},
            "count": 1,
            "target": thing.name,
            "at": at,
            "url": f"http://localhost:8000/things/{thing.name[6:]}/",
        },
    }
    assert states() == ["delivered"]


def test_body_that_was_changed_on_its_way_does_not_verify(hook, receiver, tell):
    tell()
    sending.send_due()

    (arrival,) = receiver.arrivals
    assert not arrival.is_signed_by("whsec_" + "A" * 44)
    arrival.body += b" "
    assert not arrival.is_signed_by(hook.shown)


def test_words_are_in_the_owners_language(hook, receiver, alice, tell):
    alice.language = "de"
    alice.save()

    switching.off(webhook=webhooks.create(owner=alice, url=receiver.url)[0], reason=OffReason.GONE)
    sending.send_due()

    (arrival,) = receiver.arrivals
    assert arrival.json()["data"]["text"] == "Der Webhook wurde abgeschaltet: Sein Empfänger ist weg"


def test_each_of_a_persons_webhooks_gets_the_kinds_it_wants_once(hook, receiver, alice, tell):
    some, _ = webhooks.create(owner=alice, url=receiver.url, kinds=[GRADE.name, QUIET.name])
    webhooks.create(owner=alice, url=receiver.url, active=False)
    Preference.objects.create(user=alice, kind=QUIET.name, channel="inbox", timing="off")

    for kind in (REMARK, QUIET, GRADE):
        tell(kind=kind.name)
    for _ in range(2):
        sending.send_due()

    assert [
        [one.kind for one in Delivery.objects.filter(webhook=webhook).order_by("pk")] for webhook in (hook, some)
    ] == [[REMARK.name, QUIET.name, GRADE.name], [QUIET.name, GRADE.name]]
    assert len({arrival.event for arrival in receiver.arrivals}) == len(receiver.arrivals) == 5


def test_nobody_elses_webhook_is_told(hook, receiver, thing, bob, charlie, erin):
    for person in (bob, erin):
        webhooks.create(owner=person, url=f"{receiver.url}&who={person.username}")

    notify(**thing.told(), to=dict.fromkeys((charlie, erin), AUTHOR.name))
    sending.send_due()

    assert (receiver.arrivals, states()) == ([], [])


def test_each_time_something_happens_again_is_an_event_of_its_own(hook, receiver, tell):
    for _ in range(3):
        tell(group="remarks")
    sending.send_due()

    assert Notification.objects.count() == 1
    assert [arrival.json()["data"]["count"] for arrival in receiver.arrivals] == [1, 2, 3]
    assert len({arrival.event for arrival in receiver.arrivals}) == 3


def test_what_is_told_once_is_sent_once(hook, receiver, tell, thing, alice):
    tell(once="remark:1")
    notify(**thing.told(once="remark:1"), to={alice: AUTHOR.name})
    sending.send_due()

    assert len(receiver.arrivals) == 1


def test_second_row_for_the_same_occurrence_is_impossible(hook, tell):
    told = tell()

    with pytest.raises(Exception, match=r"(?i)unique"), transaction.atomic():
        Delivery.objects.create(webhook=hook, notification=told, occurrence=1, kind="x")


def test_what_is_rolled_back_is_not_sent(hook, receiver, tell):
    with transaction.atomic():
        tell()
        transaction.set_rollback(True)
    sending.send_due()

    assert (receiver.arrivals, states()) == ([], [])


def test_planning_takes_the_same_queries_for_one_person_and_three(thing, alice, bob, charlie, receiver):
    counts = []
    for people in ([alice], [alice, bob, charlie]):
        for person in people:
            webhooks.create(owner=person, url=receiver.url)
        with CaptureQueriesContext(connection) as queries:
            notify(**thing.told(), to=dict.fromkeys(people, AUTHOR.name))
        counts.append(len([query for query in queries if "webhooks_" in query["sql"]]))

    assert counts == [2, 2]


# Access


def test_what_the_owner_may_no_longer_read_is_not_sent(hook, receiver, tell, thing, alice):
    tell(title="A secret title")
    thing.readers.discard(alice.pk)
    sending.send_due()

    assert (receiver.arrivals, states()) == ([], ["dropped"])


def test_what_was_taken_back_is_neither_sent_nor_kept(hook, receiver, tell, thing, alice):
    receiver.text = b"A secret title was received"
    tell(title="A secret title")
    sending.send_due()
    tell(title="A secret title")

    withdraw(target=thing.name, users=[alice])
    sending.send_due()

    assert (len(receiver.arrivals), states()) == (1, ["delivered", "dropped"])
    assert set(Delivery.objects.values_list("body", flat=True)) == {""}
    assert Attempt.objects.get().response == ""


@pytest.mark.parametrize("gone", [{"is_active": False}, {"anonymised_at": timezone.now()}])
def test_webhooks_of_somebody_who_is_gone_are_silent(hook, receiver, tell, alice, gone):
    tell()
    type(alice).objects.filter(pk=alice.pk).update(**gone)
    sending.send_due()

    assert (receiver.arrivals, states()) == ([], ["dropped"])


def test_webhooks_of_somebody_who_is_anonymised_go(hook, alice, tell):
    from digi.accounts.services import people

    tell()
    people.anonymise(user=alice)

    assert not Webhook.objects.exists()
    assert not Delivery.objects.exists()


# The log


def test_log_is_kept_for_thirty_days(hook, receiver, tell):
    for _ in range(2):
        tell()
    sending.send_due()
    Delivery.objects.filter(pk=Delivery.objects.latest("pk").pk).update(created_at=timezone.now() - timedelta(days=31))

    keeping.tidy()

    assert (Delivery.objects.count(), Attempt.objects.count()) == (1, 1)


def test_bodies_name_nothing_that_a_thing_says(hook, tell):
    """What `notify` is not given cannot leave; its facts stay, too."""
    tell(facts={"quiet": "not for others"})

    assert "not for others" not in json.dumps(Delivery.objects.get().body)


def test_withdrawn_of_another_stays(hook, tell, alice, bob, charlie):
    other = Thing(alice, bob)
    tell()
    tell(target=other.name)

    withdraw(target=other.name, users=[alice])

    assert states() == ["waiting", "dropped"]
    assert planning.DUTY == "webhooks"
