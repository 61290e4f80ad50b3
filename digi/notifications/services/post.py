"""Sending what is due: claim, send, settle.

A claim is committed before the mail is handed to the server and settled right after the server has taken it. A worker
that ends before the hand-over has sent nothing, and the mail goes out when its lease is over. One that ends in the
moment between the server's "250" and our commit leaves a mail that went out and a row that does not know: it is sent
once more, under the same Message-ID, by which mail stores tell that they have it. SMTP has no way to close that gap;
nothing else sends a mail twice, and nothing but a refusal or a wish loses one.
"""

import logging
import threading
import uuid
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from smtplib import SMTPRecipientsRefused
from typing import Any

from allauth.account.models import EmailAddress
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from digi.accounts.models import User
from digi.audit import services as audit
from digi.notifications.kinds import kinds
from digi.notifications.models import Delivery, DeliveryState, Notification, Timing
from digi.notifications.services import letters, links, wishes
from digi.notifications.services.deliveries import MAILS
from digi.worker import leases, queue

log = logging.getLogger(__name__)

PAUSES = (1, 5, 15, 60, 180, 360, 720)  # minutes before the second try, the third …; after the last one it has failed


def send_due() -> None:
    """The worker's duty: send every mail that is due. One thread of a process does it, for all that ask meanwhile."""
    _asked.set()
    while _asked.is_set() and _alone.acquire(blocking=False):
        try:
            _asked.clear()
            _send_all()
        finally:
            _alone.release()


_asked, _alone = threading.Event(), threading.Lock()


def _send_all() -> None:
    connection = get_connection()
    try:
        while (batch := _claim()) is not None:
            if batch:
                _send(batch, connection)
    finally:
        connection.close()


@transaction.atomic
def again(*, delivery: Delivery, by: audit.Actor) -> None:
    """Try a failed mail once more, with all its tries."""
    audit.record(action="delivery.again", actor=by, target=audit.target_of(delivery))
    values = {"state": DeliveryState.WAITING, "due_at": timezone.now(), "tries": 0, "error": ""}
    Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.FAILED).update(**values)
    transaction.on_commit(partial(queue.wake, MAILS))


def _claim() -> list[Delivery] | None:
    """The rows of one mail, now this worker's; empty where another was faster, None where nothing is due.

    A digest takes all of the person's rows of its timing; a mail that was begun keeps the rows it had.
    """
    now = timezone.now()
    due = Delivery.objects.claimable(now)
    first = due.order_by("due_at", "pk").first()
    if first is None:
        return None
    if first.claim is not None:
        rows = due.filter(claim=first.claim)
    elif first.timing == Timing.INSTANT:
        rows = due.filter(pk=first.pk, claim=None)
    else:
        rows = due.filter(user=first.user_id, channel=first.channel, timing=first.timing, claim=None)
    name = first.claim or uuid.uuid4()
    taken = {"state": DeliveryState.CLAIMED, "claim": name, "claimed_until": leases.until(), "tries": F("tries") + 1}
    if not rows.update(**taken):
        return []
    mine = Delivery.objects.filter(claim=name, state=DeliveryState.CLAIMED)
    return list(mine.select_related("notification__actor", "notification__user", "user").order_by("pk"))


def _send(batch: Sequence[Delivery], connection: Any) -> None:
    first = batch[0]
    name = first.claim or uuid.uuid4()
    if first.tries > len(PAUSES) + 1:
        _settle(batch, DeliveryState.FAILED, error="the worker ended each time")
        return
    wanted: Sequence[Delivery] = batch
    try:
        wanted = _still_wanted(first.user, batch)
        _settle([row for row in batch if row not in wanted], DeliveryState.DROPPED)
        if not wanted:
            return
        told = [row.notification for row in wanted]
        mail = letters.compose(first.user, name, told, digest=first.timing != Timing.INSTANT)
        with leases.kept(partial(_renew, name)):
            connection.send_messages([mail])
    except Exception as error:
        connection.close()  # the next mail begins anew
        _unsent(wanted, error)
    else:
        _settle(wanted, DeliveryState.SENT, message_id=links.message_id(name))


def _still_wanted(user: User, batch: Sequence[Delivery]) -> list[Delivery]:
    """What is still to be told: to somebody with a proved address, who may read it and has not read it meanwhile."""
    here = user.is_active and user.anonymised_at is None
    if not here or not EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists():
        return []
    return [row for row in batch if _may_be_told(row.notification)]


def _may_be_told(notification: Notification) -> bool:
    known = kinds.get(notification.kind)
    obligatory = known is not None and known.obligatory
    if notification.revoked or (notification.read_at is not None and not obligatory):
        return False
    return wishes.may_read(notification.user, notification.subject)


def _renew(claim: uuid.UUID, until: Any) -> None:
    Delivery.objects.filter(claim=claim, state=DeliveryState.CLAIMED).update(claimed_until=until)


def _settle(rows: Sequence[Delivery], state: DeliveryState, **values: Any) -> None:
    if rows:
        settled = Delivery.objects.filter(pk__in=[row.pk for row in rows])
        settled.update(state=state, settled_at=timezone.now(), **values)


def _unsent(rows: Sequence[Delivery], error: Exception) -> None:
    """Try again later what a server could not take now; what it will never take, or we cannot write, has failed."""
    said = f"{type(error).__name__}: {error}"[:500]
    refused = isinstance(error, SMTPRecipientsRefused) and all(code >= 500 for code, _ in error.recipients.values())
    tries = rows[0].tries
    if not isinstance(error, OSError):  # a server's refusals are OSErrors, too; anything else is our mistake
        log.exception("a mail could not be written")
    if refused or not isinstance(error, OSError) or tries > len(PAUSES):
        _settle(rows, DeliveryState.FAILED, error=said)
        return
    log.warning("a mail was not sent and will be tried again: %s", type(error).__name__)
    due = timezone.now() + timedelta(minutes=PAUSES[tries - 1])
    rest = Delivery.objects.filter(pk__in=[row.pk for row in rows])
    rest.update(state=DeliveryState.WAITING, due_at=due, error=said)
