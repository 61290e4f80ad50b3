"""Claims that expire: a worker renews what it works at, and a killed one lets go by itself."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connections
from django.utils import timezone

from digi.realtime.work import job

log = logging.getLogger(__name__)


def until() -> datetime:
    """The end of a lease that begins now: DIGI_WORKER_LEASE seconds on."""
    return timezone.now() + timedelta(seconds=settings.DIGI_WORKER_LEASE)


@contextmanager
def kept(renew: Callable[[datetime], object]) -> Iterator[None]:
    """While the block runs, `renew` is called with a new end from a thread of its own, three times a lease.

    A renewal that fails is made up for by the next one.
    """
    over = threading.Event()

    def keep() -> None:
        try:
            while not over.wait(settings.DIGI_WORKER_LEASE / 3):
                try:
                    job(lambda: renew(until()))
                except Exception as error:
                    log.warning("a lease was not renewed: %s", error)
        finally:
            connections.close_all()

    keeper = threading.Thread(target=keep, name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()
