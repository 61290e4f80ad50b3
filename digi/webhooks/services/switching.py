"""Switching a webhook off because of its receiver, and telling its owner."""

from collections.abc import Collection
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digi.audit import services as audit
from digi.notifications import kinds
from digi.notifications.kinds import Kind, Reason, Told
from digi.notifications.models import Timing
from digi.notifications.services import inboxes, notify
from digi.webhooks.models import Delivery, DeliveryState, OffReason, Webhook

KIND, OWNER = "webhook.off", "webhook.owner"


def register() -> None:
    """Say at start-up what is told of webhooks, and that only their owners read it."""
    label = gettext_lazy("Webhooks that are switched off")
    kinds.register(Kind(name=KIND, icon="link", label=label, sentence=_sentence, mail=Timing.INSTANT))
    kinds.register_reason(Reason(name=OWNER, sentence=gettext_lazy("because you made it")))
    kinds.register_target("webhook", _owners)


@transaction.atomic
def off(*, webhook: Webhook, reason: OffReason) -> None:
    """Send nothing more; what waits is dropped, and the owner is told.

    A webhook that is off already, or has got another address since it was read, stays as it is. Audit, inbox, webhook:
    in this order everybody else locks them, too.
    """
    same = Webhook.objects.filter(pk=webhook.pk, url=webhook.url, active=True)
    if not same.exists():
        return
    name = audit.target_of(webhook)
    audit.record(action="webhook.switched_off", target=name, details={"reason": reason.value})
    inboxes.locked([webhook.owner_id])
    if not same.update(active=False, off_reason=reason, version=F("version") + 1):
        transaction.set_rollback(True)  # its owner was faster: nothing was switched off that the audit could tell of
        return
    drop_waiting(webhook)
    notify(
        kind=KIND,
        to={webhook.owner: OWNER},
        target=name,
        title=webhook.name or urlsplit(webhook.url).hostname or "",
        url=reverse("webhooks:page", args=[webhook.uuid]),
        facts={"reason": reason.value},
    )


def drop_waiting(webhook: Webhook) -> None:
    """What waits is not sent any more."""
    waiting = Delivery.objects.filter(webhook=webhook, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.DROPPED, settled_at=timezone.now())


def _owners(name: str, user_ids: Collection[int]) -> set[int]:
    try:
        uuid = UUID(name.removeprefix("webhook:"))
    except ValueError:
        return set()
    rows = Webhook.objects.filter(uuid=uuid, owner__in=list(user_ids))
    return set(rows.values_list("owner_id", flat=True))


def _sentence(told: Told) -> str:
    if told.facts.get("reason") == OffReason.GONE:
        return _("The webhook was switched off: its receiver is gone")
    return _("The webhook was switched off: its receiver failed for days")
