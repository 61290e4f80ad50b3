"""One attempt at one delivery, and what follows from it."""

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from digi.crypto import Unreadable
from digi.errors import Invalid
from digi.notifications.services import wishes
from digi.webhooks.models import Attempt, Delivery, DeliveryState, OffReason, Webhook
from digi.webhooks.services import addresses, calling, signing, switching, words
from digi.webhooks.services.calling import Outcome

PAUSES = (1, 5, 30, 120, 300, 600, 840, 1200, 1440)  # minutes before the second try, the third …: three days in all
JITTER = 0.2  # of a pause, at most, is added
REST_AT_MOST = timedelta(hours=1)
FAILING_AT_MOST = timedelta(days=5)  # without one success, then it is switched off
GONE = 410


def make(delivery: Delivery) -> bool:
    """Send a delivery, if it is still wanted, and write down what came of it. False where the receiver failed."""
    if not _is_wanted(delivery):
        _settle(delivery, DeliveryState.DROPPED)
        return True
    if delivery.tries > len(PAUSES):  # the worker ended in the last one, too
        _settle(delivery, DeliveryState.FAILED)
        return True
    if not _as_begun(delivery).update(tries=delivery.tries + 1):  # first: a worker may end at each attempt
        return True  # settled or asked for anew since it was read
    delivery.tries += 1
    at = timezone.now()
    outcome = _send(delivery, at)
    _note(delivery, at, outcome)
    if outcome.error:
        _give_up(delivery.webhook, outcome)
    return not outcome.error


def _is_wanted(delivery: Delivery) -> bool:
    """Only what its owner, who must still be here, may read at this moment is sent."""
    webhook, told = delivery.webhook, delivery.notification
    owner = webhook.owner
    if not webhook.active or not owner.is_active or owner.anonymised_at is not None or not delivery.body:
        return False
    return told is None or (not told.revoked and wishes.may_read(owner, told.subject))


def _send(delivery: Delivery, at: datetime) -> Outcome:
    try:
        target = addresses.parsed(delivery.webhook.url)
    except Invalid:  # the settings have changed since
        return Outcome(None, "refused", 0)
    body = delivery.body.encode()
    try:
        proof = signing.headers(delivery.webhook, delivery, body, at)
    except Unreadable:  # the key that sealed its secret is gone: a new secret mends it
        return Outcome(None, "secret", 0)
    said = {"Content-Type": "application/json", "User-Agent": "Digi-Webhooks/1"}
    return calling.post(target, body=body, headers=said | proof)


@transaction.atomic
def _note(delivery: Delivery, at: datetime, outcome: Outcome) -> None:
    if not Delivery.objects.select_for_update().filter(pk=delivery.pk).exists():
        return  # it was removed meanwhile
    Attempt.objects.create(
        delivery=delivery,
        at=at,
        status=outcome.status,
        milliseconds=outcome.milliseconds,
        error=outcome.error,
        response=outcome.response,
    )
    if outcome.error:
        _failed(delivery, outcome.wait)
    else:
        _succeeded(delivery)


def _succeeded(delivery: Delivery) -> None:
    _settle(delivery, DeliveryState.DELIVERED)
    if delivery.webhook.failing_since is not None:
        _asked(delivery.webhook).update(failures=0, failing_since=None, version=F("version") + 1)


def _failed(delivery: Delivery, wait: timedelta) -> None:
    """Try again later, and leave the receiver alone for a while: for as long as it asks, if that is longer.

    A ping has one try: somebody is looking, and can send another.
    """
    now = timezone.now()
    if delivery.tries > len(PAUSES) or delivery.kind == words.PING:
        _settle(delivery, DeliveryState.FAILED)
    else:
        pause = timedelta(minutes=PAUSES[delivery.tries - 1]) * (1 + JITTER * random.random())  # noqa: S311
        _as_begun(delivery).update(due_at=now + max(pause, wait))

    # Only this worker's thread is at the webhook: no lock, for which whoever is notified would have to wait.
    mine = _asked(delivery.webhook)
    failures = delivery.webhook.failures = delivery.webhook.failures + 1
    rest = min(timedelta(minutes=2.0 ** min(failures - 1, 10)), REST_AT_MOST)
    mine.update(failures=failures, rests_until=now + max(rest, wait))
    mine.filter(failing_since=None).update(failing_since=now, version=F("version") + 1)


def _give_up(asked: Webhook, outcome: Outcome) -> None:
    """Switch off a receiver that says that it is gone, or that has failed for days."""
    webhook = _asked(asked).select_related("owner").first()
    if webhook is None:
        return
    if outcome.status == GONE:
        switching.off(webhook=webhook, reason=OffReason.GONE)
    elif webhook.failing_since is not None and timezone.now() - webhook.failing_since > FAILING_AT_MOST:
        switching.off(webhook=webhook, reason=OffReason.FAILING)


def _settle(delivery: Delivery, state: DeliveryState) -> None:
    _as_begun(delivery).update(state=state, settled_at=timezone.now())


def _as_begun(delivery: Delivery) -> QuerySet[Delivery]:
    """The delivery, unless it was settled, or asked for anew, since the attempt began."""
    return Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING, tries=delivery.tries)


def _asked(webhook: Webhook) -> QuerySet[Webhook]:
    """The webhook, unless it has got another address since: what the old one answers says nothing of the new one."""
    return Webhook.objects.filter(pk=webhook.pk, url=webhook.url)
