"""What becomes of a delivery that fails, and of its receiver."""

from datetime import timedelta

import pytest
from django.utils import timezone

from digi.audit.models import AuditEvent
from digi.environment import Places
from digi.errors import Stale
from digi.notifications import kinds
from digi.notifications.models import Notification
from digi.notifications.services import notify
from digi.webhooks.models import Attempt, Delivery, OffReason, Webhook
from digi.webhooks.services import attempts, calling, sending, switching, webhooks
from tests.digi.notifications.conftest import AUTHOR
from tests.digi.webhooks.deliveries import make_due, states

pytestmark = pytest.mark.django_db(transaction=True)


def test_failure_is_tried_again_after_growing_pauses_with_the_same_event(hook, receiver, tell):
    receiver.statuses = [500] * 20
    tell()
    pauses = []
    for _ in range(20):
        make_due()
        before = timezone.now()
        sending.send_due()
        pauses.append((Delivery.objects.get().due_at - before).total_seconds() / 60)
        if states() != ["waiting"]:
            break

    assert states() == ["failed"]
    assert len(receiver.arrivals) == 10
    assert len({arrival.event for arrival in receiver.arrivals}) == 1
    assert len({arrival.body for arrival in receiver.arrivals}) == 1
    for pause, least in zip(pauses, (1, 5, 30, 120, 300, 600, 840, 1200, 1440), strict=False):
        assert least <= pause < least * 1.2 + 0.2


def test_success_after_a_failure_settles_it_and_the_log_shows_both(hook, receiver, tell):
    receiver.statuses = [500]
    tell()
    sending.send_due()
    failing = Webhook.objects.get()
    make_due()
    sending.send_due()

    assert (failing.failures, failing.failing_since is None, failing.version) == (1, False, 2)
    assert states() == ["delivered"]
    assert [(one.status, one.error) for one in Attempt.objects.all()] == [(500, "status"), (200, "")]
    assert [one.response for one in Attempt.objects.all()] == ["thanks", "thanks"]
    healed = Webhook.objects.get()
    assert (healed.failures, healed.failing_since, healed.version) == (0, None, 3)


def test_timeout_is_a_failure_and_tried_again(hook, receiver, tell):
    receiver.answers.clear()
    tell()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calling, "ANSWER", 0.3)
        sending.send_due()
    receiver.answers.set()
    make_due()
    sending.send_due()

    assert states() == ["delivered"]
    assert [(one.status, one.error) for one in Attempt.objects.all()] == [(None, "timeout"), (200, "")]


def test_redirect_is_a_failure(hook, receiver, tell):
    receiver.statuses, receiver.headers = [302], {"Location": "http://127.0.0.1:1/"}
    tell()
    sending.send_due()

    assert (states(), Attempt.objects.get().error) == (["waiting"], "redirect")


def test_address_is_checked_at_every_attempt(hook, receiver, tell, settings):
    receiver.statuses = [500]
    tell()
    sending.send_due()
    settings.DIGI_WEBHOOK_INTERNAL = Places()
    make_due()
    sending.send_due()

    assert len(receiver.arrivals) == 1
    assert [one.error for one in Attempt.objects.all()] == ["status", "refused"]


def test_plain_http_is_refused_at_the_attempt_where_the_setting_has_changed(hook, receiver, tell, settings):
    tell()
    settings.DIGI_WEBHOOK_HTTP = False
    sending.send_due()

    assert (receiver.arrivals, Attempt.objects.get().error) == ([], "refused")


def test_receiver_that_fails_rests_and_the_others_are_served(hook, receiver, tell, thing, alice, bob):
    webhooks.create(owner=bob, url=f"{receiver.url}&who=bob")
    receiver.statuses = [500]
    for _ in range(3):
        tell()
    sending.send_due()
    notify(**thing.told(), to={bob: AUTHOR.name})
    sending.send_due()

    assert len(receiver.arrivals) == 2
    assert states() == ["waiting", "waiting", "waiting", "delivered"]
    resting = Webhook.objects.get(pk=hook.pk).rests_until - timezone.now()
    assert timedelta(seconds=50) < resting <= timedelta(minutes=1)


def test_rest_grows_to_an_hour(hook, receiver, tell):
    receiver.statuses = [500] * 9
    tell()
    rests = []
    for _ in range(9):
        make_due()
        before = timezone.now()
        sending.send_due()
        rests.append(round((Webhook.objects.get().rests_until - before).total_seconds() / 60))

    assert rests == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_webhook_that_fails_for_days_is_switched_off_and_its_owner_told(hook, receiver, tell, alice):
    receiver.statuses = [500, 500]
    tell()
    sending.send_due()
    assert Webhook.objects.get().active
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=5, minutes=1))
    make_due()
    tell()
    sending.send_due()

    off = Webhook.objects.get()
    assert (off.active, off.off_reason) == (False, OffReason.FAILING)
    assert states() == ["dropped", "dropped"]
    told = Notification.objects.filter(user=alice).latest("number")
    assert (told.kind, told.target, told.title) == ("webhook.off", f"webhook:{hook.uuid}", "127.0.0.1")
    assert AuditEvent.objects.filter(action="webhook.switched_off", target=f"webhook:{hook.uuid}").count() == 1
    tell()
    sending.send_due()
    assert len(receiver.arrivals) == 2


def test_receiver_that_is_gone_is_switched_off_at_once(hook, receiver, tell):
    receiver.statuses = [410]
    tell()
    sending.send_due()

    assert (Webhook.objects.get().off_reason, states()) == (OffReason.GONE, ["dropped"])


def test_only_its_owner_may_read_of_a_webhook(hook, alice, bob, erin):
    everybody = [alice.pk, bob.pk, erin.pk]

    assert kinds.readers(f"webhook:{hook.uuid}", everybody) == {alice.pk}
    assert kinds.readers("webhook:nonsense", everybody) == set()


def test_secret_that_cannot_be_opened_is_said_and_not_sent_unsigned(hook, receiver, tell):
    Webhook.objects.update(secret=b"x" * 60)
    tell()
    sending.send_due()

    assert (receiver.arrivals, Attempt.objects.get().error) == ([], "secret")


def test_mistake_of_ours_is_not_made_again_at_once(hook, receiver, tell, monkeypatch, caplog):
    def fails(_delivery):
        raise ZeroDivisionError

    monkeypatch.setattr(attempts, "make", fails)
    tell()
    sending.send_due()

    assert Webhook.objects.get().rests_until > timezone.now() + timedelta(minutes=9)
    assert "could not be served" in caplog.text


def test_webhook_that_is_removed_while_it_is_sent_leaves_nothing(hook, receiver, tell, monkeypatch, caplog):
    real = calling.post

    def post(*args, **more):
        outcome = real(*args, **more)
        Webhook.objects.get().delete()
        return outcome

    monkeypatch.setattr(calling, "post", post)
    receiver.statuses = [500]
    tell()
    sending.send_due()

    assert (len(receiver.arrivals), states(), caplog.text) == (1, [], "")
    assert not Attempt.objects.exists()


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


def test_delivery_that_ends_each_worker_is_given_up(hook, receiver, tell):
    tell()
    Delivery.objects.update(tries=10)
    sending.send_due()

    assert (receiver.arrivals, states()) == ([], ["failed"])


@pytest.mark.parametrize(("status", "asks"), [(503, "7200"), (429, " 7200 "), (500, "7200"), (302, "7200")])
def test_receiver_that_asks_for_time_gets_it(hook, receiver, tell, status, asks):
    receiver.statuses, receiver.headers = [status], {"Retry-After": asks}
    before = timezone.now()
    tell()

    sending.send_due()

    waits = [Delivery.objects.get().due_at - before, Webhook.objects.get().rests_until - before]
    assert all(timedelta(hours=2) <= wait < timedelta(hours=2, minutes=1) for wait in waits)


def test_receiver_that_asks_for_less_than_the_pause_is_left_alone_for_the_pause(hook, receiver, tell):
    receiver.statuses, receiver.headers = [503], {"Retry-After": "1"}
    before = timezone.now()
    tell()

    sending.send_due()

    assert Delivery.objects.get().due_at - before >= timedelta(minutes=1)
    assert Webhook.objects.get().rests_until - before >= timedelta(minutes=1)


def test_success_that_asks_for_time_is_a_success(hook, receiver, tell):
    receiver.headers = {"Retry-After": "7200"}
    for _ in range(2):
        tell()

    sending.send_due()

    assert states() == ["delivered", "delivered"]
