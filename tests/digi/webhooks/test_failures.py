"""What becomes of a delivery that fails, and of its receiver."""

from datetime import timedelta

import pytest
from django.utils import timezone

from digi.audit.models import AuditEvent
from digi.environment import Places
from digi.notifications import kinds
from digi.notifications.models import Notification
from digi.notifications.services import notify
from digi.webhooks.models import Attempt, Delivery, OffReason, Webhook
from digi.webhooks.services import attempts, calling, sending, webhooks
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
