"""Sending what is due: one worker's thread at a time for each webhook, a few webhooks side by side.

A webhook is claimed, its deliveries are sent in turn, each is settled right after its answer. A worker that is killed
lets go of its claim by itself; what it had sent without noting the answer is sent again under the same `webhook-id`,
by which receivers know that they have it. Nothing else sends a delivery twice.
"""

import logging
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from functools import partial

from django.db import connections
from django.utils import timezone

from digi.realtime.work import job
from digi.webhooks.models import Delivery, Webhook
from digi.webhooks.services import attempts
from digi.worker import leases

log = logging.getLogger(__name__)

SENDERS = 4  # webhooks served at once
REST = timedelta(minutes=10)  # of a webhook that could not be served
TURN = 10.0  # seconds after which a webhook that has more makes room for the others


def send_due() -> None:
    """The worker's duty: send what is due. One thread of a process sees to it, for all that ask meanwhile."""
    _asked.set()
    while _asked.is_set() and _alone.acquire(blocking=False):
        try:
            _asked.clear()
            _send_all()
        finally:
            _alone.release()


_asked, _alone = threading.Event(), threading.Lock()


def _send_all() -> None:
    """Give each free sender a webhook until nothing is due; a slow receiver keeps nobody but its sender."""
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="webhooks") as senders:
        busy: set[Future[None]] = set()
        while True:
            busy |= {senders.submit(_serve, webhook) for webhook in _claim(SENDERS - len(busy))}
            if not busy:
                return
            _done, busy = wait(busy, timeout=1, return_when=FIRST_COMPLETED)


def _claim(count: int) -> list[int]:
    """Up to so many webhooks with something due, now this worker's."""
    now = timezone.now()
    waiting = Webhook.objects.waiting(now)
    mine = []
    for pk in list(waiting.values_list("pk", flat=True)[:count]):
        if waiting.filter(pk=pk).order_by().update(claimed_until=leases.until()):
            mine.append(pk)
    return mine


def _serve(pk: int) -> None:
    """A sender's thread: one webhook's turn."""
    try:
        job(partial(_take_turn, pk))
    except Exception:
        log.exception("a webhook could not be served")
    finally:
        connections.close_all()


def _take_turn(pk: int) -> None:
    """Send the webhook's due deliveries, the oldest first, until one fails or the turn is over."""
    began = time.monotonic()
    try:
        with leases.kept(partial(_renew, pk)):
            while time.monotonic() < began + TURN and (delivery := _next(pk)) is not None:
                if not attempts.make(delivery):
                    break
    except Exception:  # a mistake of ours: it must not be made again at once
        Webhook.objects.filter(pk=pk).update(rests_until=timezone.now() + REST)
        raise
    finally:
        Webhook.objects.filter(pk=pk).update(claimed_until=timezone.now())


def _next(pk: int) -> Delivery | None:
    due = Delivery.objects.filter(webhook=pk).due(timezone.now()).order_by("pk")
    return due.select_related("webhook__owner", "notification__user").first()


def _renew(pk: int, until: datetime) -> None:
    Webhook.objects.filter(pk=pk).update(claimed_until=until)
