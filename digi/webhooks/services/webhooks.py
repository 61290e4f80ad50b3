"""Webhooks made, changed, tried and removed by their owners."""

from collections.abc import Collection
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
    User.objects.select_for_update().get(pk=owner.pk)  # so that nobody gets past the limit by asking twice at once
    if Webhook.objects.filter(owner=owner).count() >= settings.DIGI_LIMIT_WEBHOOKS:
        limit = settings.DIGI_LIMIT_WEBHOOKS
        sentence = _("You may have %(limit)d webhooks; remove one first.") % {"limit": limit}
        raise Conflict(sentence, code="too_many_webhooks", limit=limit)
    addresses.parsed(url)
    off = "" if active else OffReason.OWNER
    made = Webhook(
        owner=owner, url=url, name=names.visible(name)[:80], kinds=_known(kinds), active=active, off_reason=off
    )
    secret = signing.fresh()
    made.secret = signing.sealed(made, secret)
    made.save(force_insert=True)
    audit.record(action="webhook.created", actor=owner, target=audit.target_of(made))
    return made, secret


@transaction.atomic
def change(*, webhook: Webhook, by: User, version: int | None = None, **values: Any) -> Webhook:
    """Change `url`, `name`, `kinds` or `active`; what is not given stays. `version` is what the caller has seen.

    Switching off drops what waits; switching on forgets former failures.
    """
    row = _locked(webhook, version)
    if "url" in values:
        addresses.parsed(values["url"])
    if "name" in values:
        values["name"] = names.visible(values["name"])[:80]
    if "kinds" in values:
        values["kinds"] = _known(values["kinds"], row.kinds)
    changed = sorted(field for field, value in values.items() if getattr(row, field) != value)
    if not changed:
        return row

    for field in changed:
        setattr(row, field, values[field])
    if "active" in changed:
        row.off_reason = "" if row.active else OffReason.OWNER
    if "active" in changed or "url" in changed:
        row.failures, row.failing_since, row.rests_until = 0, None, timezone.now()
    row.version += 1
    row.save()
    if not row.active:
        switching.drop_waiting(row)
    audit.record(action="webhook.changed", actor=by, target=audit.target_of(row), details={"changed": changed})
    return row


@transaction.atomic
def rotate_secret(
    *, webhook: Webhook, by: User, version: int | None = None, at_once: bool = False
) -> tuple[Webhook, str]:
    """A new secret, shown once. For a day the old one signs, too, unless `at_once`: then it is worthless now."""
    row = _locked(webhook, version)
    secret = signing.fresh()
    row.old_secret = b"" if at_once else bytes(row.secret)
    row.old_until = None if at_once else timezone.now() + OLD_SECRET
    row.secret = signing.sealed(row, secret)
    row.version += 1
    row.save()
    audit.record(action="webhook.secret_changed", actor=by, target=audit.target_of(row), details={"at_once": at_once})
    return row, secret


@transaction.atomic
def remove(*, webhook: Webhook, by: User, version: int | None = None) -> None:
    """The webhook and its log go."""
    row = _locked(webhook, version)
    audit.record(action="webhook.removed", actor=by, target=audit.target_of(row))
    row.delete()


@transaction.atomic
def ping(*, webhook: Webhook) -> Delivery:
    """Have a try sent now. Raises `Conflict` for one that is switched off, and while another try waits."""
    row = _locked(webhook)
    _check_active(row)
    if Delivery.objects.filter(webhook=row, kind=words.PING, state=DeliveryState.WAITING).exists():
        raise Conflict(_("A try is on its way already."), code="ping_waits")
    made = Delivery.objects.create(webhook=row, kind=words.PING, body=words.ping(row))
    _soon(row)
    return made


@transaction.atomic
def redeliver(*, delivery: Delivery, by: audit.Actor) -> Delivery:
    """Have it sent now, with all its tries, whatever became of it; under the same `webhook-id`.

    Raises `Conflict` for a webhook that is switched off and for what its owner may no longer read.
    """
    row = _locked(delivery.webhook)
    _check_active(row)
    if not delivery.body:
        raise Conflict(_("What it said was taken back."), code="taken_back")
    values: dict[str, Any] = {"state": DeliveryState.WAITING, "due_at": timezone.now(), "tries": 0, "settled_at": None}
    Delivery.objects.filter(pk=delivery.pk).update(**values)
    audit.record(action="webhook.redelivered", actor=by, target=audit.target_of(delivery))
    _soon(row)
    return Delivery.objects.get(pk=delivery.pk)


def _locked(webhook: Webhook, version: int | None = None) -> Webhook:
    row = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if version is not None and version != row.version:
        raise Stale(_("Somebody has changed this meanwhile. Look at it again, please."), version=row.version)
    return row


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
