"""Secrets: sealed, bound to their row, changed without a gap."""

import pytest
from django.utils import timezone

from digi.webhooks.models import Attempt, Webhook
from digi.webhooks.services import sending, webhooks

pytestmark = pytest.mark.django_db(transaction=True)


def test_secret_is_sealed_and_bound_to_its_row(hook, receiver, alice):
    assert hook.shown.startswith("whsec_")
    assert bytes(Webhook.objects.get().secret).find(hook.shown[6:].encode()) == -1
    other, _ = webhooks.create(owner=alice, url=receiver.url)
    Webhook.objects.filter(pk=other.pk).update(secret=Webhook.objects.get(pk=hook.pk).secret)

    webhooks.ping(webhook=other)
    sending.send_due()

    assert Attempt.objects.get().error == "secret"


def test_both_secrets_sign_for_a_day_after_a_change(hook, receiver, alice):
    _, second = webhooks.rotate_secret(webhook=hook, by=alice)
    webhooks.ping(webhook=hook)
    sending.send_due()
    Webhook.objects.update(old_until=timezone.now())
    webhooks.ping(webhook=hook)
    sending.send_due()

    first, later = receiver.arrivals
    assert [first.is_signed_by(secret) for secret in (hook.shown, second)] == [True, True]
    assert [later.is_signed_by(secret) for secret in (hook.shown, second)] == [False, True]
    assert first.json()["type"] == "webhook.ping"


def test_old_secret_can_be_ended_at_once(hook, receiver, alice):
    _, second = webhooks.rotate_secret(webhook=hook, by=alice, at_once=True)
    webhooks.ping(webhook=hook)
    sending.send_due()

    (arrival,) = receiver.arrivals
    assert [arrival.is_signed_by(secret) for secret in (hook.shown, second)] == [False, True]
    assert bytes(Webhook.objects.get().old_secret) == b""
