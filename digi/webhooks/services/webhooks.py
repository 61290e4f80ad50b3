"""Webhooks made, changed, tried and removed by their owners."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts import names
from digi.accounts.models import User
from digi.audit import services as audit
from digi.errors import Conflict, Invalid, Stale
from digi.notifications.kinds import kinds as known_kinds
from digi.webhooks.models import Delivery, DeliveryState, OffReason, Webhook
from digi.webhooks.services import addresses, signing, switching, words
from digi.webhooks.services.planning import DUTY
from digi.worker import queue

OLD_SECRET = timedelta(hours=24)  # for which a secret that was replaced signs, too


@transaction.atomic
def create(
    *, owner: User, url: str, name: str = "", kinds: Collection[str] = (), active: bool = True
) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is shown once. Empty `kinds`: all.

    Raises `Invalid` for an address or kinds that cannot be, `Conflict` where the person has as many as one may.
    """
    addresses.parsed(url)
    off = "" if active else OffReason.OWNER
    made = Webhook(
        owner=owner, url=url, name=names.visible(name)[:80], kinds=_known(kinds), active=active, off_reason=off
    )
    audit.record(action="webhook.created", actor=owner, target=audit.target_of(made))  # one at a time gets further
    limit = settings.DIGI_LIMIT_WEBHOOKS
    if Webhook.objects.filter(owner=owner).count() >= limit:
        sentence = _("You may have %(limit)d webhooks; remove one first.") % {"limit": limit}
        raise Conflict(sentence, code="too_many_webhooks", limit=limit)

    secret = signing.fresh()
    made.secret = signing.sealed(made, secret)
    made.save(force_insert=True)
    return made, secret


@transaction.atomic
def change(*, webhook: Webhook, by: User, version: int | None = None, **values: Any) -> Webhook:
    """Change `url`, `name`, `kinds` or `active`; what is not given stays. `version` is what the caller has seen.

    Switching off drops what waits; switching on, or another address, forgets former failures.
    """
    _check_version(webhook, version)
    if "url" in values:
        addresses.parsed(values["url"])
    if "name" in values:
        values["name"] = names.visible(values["name"])[:80]
    if "kinds" in values:
        values["kinds"] = _known(values["kinds"], webhook.kinds)
    changes = {field: value for field, value in values.items() if getattr(webhook, field) != value}
    if not changes:
        return webhook

    details = {"changed": sorted(changes)}
    audit.record(action="webhook.changed", actor=by, target=audit.target_of(webhook), details=details)
    if "active" in changes:
        changes["off_reason"] = "" if changes["active"] else OffReason.OWNER
    if "active" in changes or "url" in changes:
        changes |= {"failures": 0, "failing_since": None, "rests_until": timezone.now()}
    row = _written(webhook, changes)
    if not row.active:
        switching.drop_waiting(row)
    return row


@transaction.atomic
def rotate_secret(
    *, webhook: Webhook, by: User, version: int | None = None, at_once: bool = False
) -> tuple[Webhook, str]:
    """A new secret, shown once. For a day the old one signs, too, unless `at_once`: then it is worthless now."""
    _check_version(webhook, version)
    target, details = audit.target_of(webhook), {"at_once": at_once}
    audit.record(action="webhook.secret_changed", actor=by, target=target, details=details)
    secret = signing.fresh()
    old: dict[str, Any] = {"old_secret": b"", "old_until": None}
    if not at_once:
        old = {"old_secret": bytes(webhook.secret), "old_until": timezone.now() + OLD_SECRET}
    return _written(webhook, old | {"secret": signing.sealed(webhook, secret)}), secret


@transaction.atomic
def remove(*, webhook: Webhook, by: User, version: int | None = None) -> None:
    """The webhook and its log go."""
    _check_version(webhook, version)
    audit.record(action="webhook.removed", actor=by, target=audit.target_of(webhook))
    webhook.delete()


@transaction.atomic
def ping(*, webhook: Webhook) -> Delivery:
    """Have a try sent now. Raises `Conflict` for one that is switched off, and while another try waits."""
    _check_active(webhook)
    if Delivery.objects.filter(webhook=webhook, kind=words.PING, state=DeliveryState.WAITING).exists():
        raise Conflict(_("A try is on its way already."), code="ping_waits")
    made = Delivery.objects.create(webhook=webhook, kind=words.PING, body=words.ping(webhook))
    _soon(webhook)
    return made


@transaction.atomic
def redeliver(*, delivery: Delivery, by: audit.Actor) -> Delivery:
    """Have it sent now, with all its tries, whatever became of it; under the same `webhook-id`.

    Raises `Conflict` for a webhook that is switched off and for what its owner may no longer read.
    """
    _check_active(delivery.webhook)
    if not delivery.body:
        raise Conflict(_("What it said was taken back."), code="taken_back")
    audit.record(action="webhook.redelivered", actor=by, target=audit.target_of(delivery))
    values: dict[str, Any] = {"state": DeliveryState.WAITING, "due_at": timezone.now(), "tries": 0, "settled_at": None}
    Delivery.objects.filter(pk=delivery.pk).update(**values)
    _soon(delivery.webhook)
    return Delivery.objects.get(pk=delivery.pk)


def _check_version(webhook: Webhook, version: int | None) -> None:
    if version is not None and version != webhook.version:
        raise _stale(webhook)


def _written(webhook: Webhook, values: Mapping[str, Any]) -> Webhook:
    """Write these columns and no others, of which a worker moves some meanwhile. Raises `Stale` where that was faster.

    No lock is held before: the transactions of those who tell the owner something would wait for it.
    """
    same = Webhook.objects.filter(pk=webhook.pk, version=webhook.version)
    if not same.update(version=webhook.version + 1, **values):
        raise _stale(webhook)
    return Webhook.objects.get(pk=webhook.pk)


def _stale(webhook: Webhook) -> Stale:
    return Stale(_("Somebody has changed this meanwhile. Look at it again, please."), version=webhook.version)


def _known(kinds: Collection[str], kept: Collection[str] = ()) -> list[str]:
    """The kinds in one spelling; those that a webhook had already may be of another release."""
    wanted = sorted(set(kinds))
    strange = [kind for kind in wanted if kind not in known_kinds and kind not in kept]
    if strange:
        sentence = _("There is no such kind of notification.")
        raise Invalid(sentence, code="unknown_kind", field="kinds", known=sorted(known_kinds))
    return wanted


def _check_active(webhook: Webhook) -> None:
    if not webhook.active:
        raise Conflict(_("The webhook is switched off."), code="switched_off")


def _soon(webhook: Webhook) -> None:
    Webhook.objects.filter(pk=webhook.pk).update(rests_until=timezone.now())
    transaction.on_commit(partial(queue.wake, DUTY))
