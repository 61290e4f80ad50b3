"""The way to the worker: huey carries wake-ups, the database holds what is to be done.

A wake-up names a duty and nothing else. One that is lost (a Redis that forgets, a worker that is killed) costs at most
a minute: then the clock runs every duty.
"""

import logging
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from huey import Huey, SqliteHuey, crontab
from huey.serializer import SignedSerializer
from huey.storage import RedisStorage

from digi.crypto import derive, ring_keys
from digi.realtime.connections import shared_client
from digi.realtime.work import job
from digi.worker.registry import duties
from digi.worker.services.duties import run

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds from the first request for a duty to its run: what is asked for meanwhile is done by the same run


class OnClient(RedisStorage):
    """huey's Redis storage at a client that is made already, which alone knows where the server or the cluster is."""

    redis_client = staticmethod(lambda connection_pool: connection_pool)


class _Signed(SignedSerializer):
    """Signs with the first key and believes all of them, since others of a ring may be first in another process."""

    def __init__(self, *keys: str) -> None:
        super().__init__(secret=keys[0], salt="worker")
        self._others = [SignedSerializer(secret=key, salt="worker") for key in keys[1:]]

    def _unsign(self, signed: bytes) -> Any:
        for other in self._others:
            with suppress(ValueError):
                return other._unsign(signed)
        return super()._unsign(signed)


@cache
def huey() -> Huey:
    """The queue: in Redis where there is one, else in a file. What lies in it is signed, since it is unpickled."""
    keys = [derive(key, "worker").hex() for key in ring_keys(settings.DIGI_ENCRYPTION_KEYS)]
    common = {"results": False, "immediate": False, "serializer": _Signed(*keys)}
    if settings.DIGI_REDIS_URL:
        redis = shared_client(settings.DIGI_REDIS_URL, socket_timeout=5, socket_connect_timeout=2)
        made = Huey("digi", storage_class=OnClient, connection_pool=redis, **common)
    else:
        Path(settings.DIGI_QUEUE).parent.mkdir(parents=True, exist_ok=True)
        made = SqliteHuey("digi", filename=str(settings.DIGI_QUEUE), fsync=False, cache_mb=1, **common)
    made.periodic_task(crontab(), name="tick")(tick)
    return made


@cache
def _wake_up() -> Any:
    return huey().task(name="wake")(_do)


def consumer() -> Any:
    """What takes wake-ups out of the queue and runs the duties: `run()` lasts until a signal."""
    _wake_up()
    return huey().create_consumer(
        workers=settings.DIGI_WORKER_THREADS,
        max_delay=1.0,
        graceful_signal="TERM",
        shutdown_timeout=4,
    )


def tick() -> None:
    """Every minute: ask for the duties whose minute it is."""
    beat()
    now = datetime.now(UTC)
    for duty in duties.values():
        if (now.hour * 60 + now.minute) % duty.minutes == 0:
            ask_now(duty.name)


def beat() -> None:
    """Touch the file DIGI_WORKER_PULSE, so that a health check sees that the worker works."""
    if settings.DIGI_WORKER_PULSE:
        Path(settings.DIGI_WORKER_PULSE).touch()


def wake(name: str) -> None:
    """Ask the worker to do a duty within a second or two; call it after the commit.

    Many requests become one: all that was committed before the run is seen by it.
    """
    with _lock:
        now = time.monotonic()
        if now < _coming.get(name, 0):
            return
        _coming[name] = now + PAUSE
    _enqueue(name, delay=PAUSE)


def ask_now(name: str, *, after: float = 0) -> None:
    """Ask for a duty without waiting for further requests, or after so many seconds."""
    _enqueue(name, delay=after)


def _do(name: str) -> None:
    """Run a duty with a database connection that is fit for use."""
    job(lambda: run(name))


_coming: dict[str, float] = {}
_lock = threading.Lock()


def _enqueue(name: str, *, delay: float) -> None:
    try:
        _wake_up().schedule(args=(name,), delay=delay)
    except Exception as error:  # whatever the queue is made of: what is due stands in the database
        log.warning("the worker was not woken: %s", error)
