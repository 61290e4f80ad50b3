"""What others do with a webhook or a delivery while a worker is sending it, or holds an old row of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from digi.audit.models import AuditEvent
from digi.errors import Stale
from digi.webhooks.models import Attempt, Delivery, OffReason, Webhook
from digi.webhooks.services import calling, sending, switching, webhooks
from tests.digi.webhooks.deliveries import make_due, states

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def during(monkeypatch):
    """Have a deed done between the request of an attempt and what follows from its answer."""
    real, deeds = calling.post, []

    def post(*args, **more):
        outcome = real(*args, **more)
        if deeds:
            deeds.pop()()
        return outcome

    monkeypatch.setattr(calling, "post", post)
    return deeds.append


def test_webhook_that_is_removed_while_it_is_sent_leaves_nothing(hook, receiver, tell, during, caplog):
    during(lambda: Webhook.objects.get().delete())
    receiver.statuses = [500]
    tell()
    sending.send_due()

    assert (len(receiver.arrivals), states(), caplog.text) == (1, [], "")
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("status", [500, 410])
def test_late_failure_of_a_former_address_is_not_held_against_the_new_one(hook, receiver, tell, alice, during, status):
    new = f"{receiver.url}&new=1"
    receiver.statuses = [status]
    during(lambda: webhooks.change(webhook=Webhook.objects.get(), by=alice, url=new))
    tell()
    sending.send_due()
    stands = Webhook.objects.get()
    make_due()
    sending.send_due()

    assert (stands.url, stands.active, stands.failures, stands.failing_since) == (new, True, 0, None)
    assert stands.rests_until < timezone.now()
    assert ([arrival.path[-5:] for arrival in receiver.arrivals], states()) == (["=digi", "new=1"], ["delivered"])


def test_late_failure_switches_off_no_address_that_came_meanwhile(hook, receiver, alice):
    stale = Webhook.objects.get()
    webhooks.change(webhook=hook, by=alice, url=f"{receiver.url}&new=1")
    told = AuditEvent.objects.count()

    switching.off(webhook=stale, reason=OffReason.GONE)

    assert (Webhook.objects.get().active, AuditEvent.objects.count()) == (True, told)


@pytest.mark.parametrize("status", [200, 500])
def test_delivery_that_is_asked_for_anew_while_it_is_sent_is_sent_anew(hook, receiver, tell, alice, during, status):
    receiver.statuses = [status]
    during(lambda: webhooks.redeliver(delivery=Delivery.objects.get(), by=alice))
    tell()
    sending.send_due()
    begun = Delivery.objects.get()
    make_due()
    sending.send_due()

    assert len(receiver.arrivals) == 2
    assert begun.due_at < timezone.now()
    assert (states(), Delivery.objects.get().tries) == (["delivered"], 1)


def test_delivery_that_is_dropped_while_it_is_sent_stays_dropped(hook, receiver, tell, alice, during):
    receiver.statuses = [500]
    during(lambda: webhooks.change(webhook=Webhook.objects.get(), by=alice, active=False))
    tell()
    sending.send_due()
    dropped = Delivery.objects.values("state", "due_at").get()

    assert dropped["state"] == "dropped"
    assert dropped["due_at"] < timezone.now()


def test_change_leaves_the_claim_of_a_worker_alone(hook, alice):
    later = timezone.now() + timedelta(minutes=1)
    Webhook.objects.update(claimed_until=later)

    webhooks.change(webhook=hook, by=alice, name="x", url="https://hooks.example/")
    webhooks.rotate_secret(webhook=Webhook.objects.get(), by=alice)

    assert Webhook.objects.get().claimed_until == later


def test_change_that_somebody_was_faster_than_changes_nothing(hook, alice):
    first = Webhook.objects.get()
    webhooks.change(webhook=first, by=alice, name="first")

    with pytest.raises(Stale):
        webhooks.change(webhook=first, by=alice, name="second")
    assert Webhook.objects.get().name == "first"
