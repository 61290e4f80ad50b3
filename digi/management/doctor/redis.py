"""Does Redis answer, is it new enough, does it throw things away, and does an event come round?"""

import os
from collections.abc import Iterator

from django.conf import settings

from digi.management.doctor.findings import Finding, care, fault, fine
from digi.realtime import examination
from digi.server.probe import send_round_the_layer

OLDEST = (6, 2)


def examine() -> Iterator[Finding]:
    if not settings.DIGI_REDIS_URL:
        yield from _alone()
        return
    try:
        told = examination.ask()
    except Exception as error:  # whatever the client raises: each says that nobody answers
        yield fault(
            f"Redis does not answer at {examination.place()}: {type(error).__name__}.",
            "See whether it runs, whether DIGI_REDIS_URL leads to it, and whether its password is right. Until then "
            "people at other server processes see what is new a second later, and limits are not counted.",
        )
        return
    yield fine(f"Redis {told.version} answers at {told.place}.")
    if tuple(int(part) for part in told.version.split(".")[:2] if part.isdecimal()) < OLDEST:
        yield fault(f"Redis {told.version} is too old.", f"Update it to {OLDEST[0]}.{OLDEST[1]} or newer.")
    if told.bounded and told.policy != "noeviction":
        yield care(
            f"A full Redis throws counters away ({told.policy}), and with them the limits of sign-in attempts.",
            "maxmemory-policy noeviction; 256 MB are plenty.",
        )
    if not told.remembers:
        yield fault(
            "Redis does not keep what it is told.", "Is it a replica, or full? See INFO replication and INFO memory."
        )
    yield from _round_trip()


def _alone() -> Iterator[Finding]:
    if (os.environ.get("DIGI_WORKERS") or "1") != "1":
        yield fault(
            "DIGI_WORKERS asks for several processes, and there is no Redis.", "Set DIGI_REDIS_URL, or DIGI_WORKERS=1."
        )
    else:
        yield fine("No Redis: right for one server process, and for no more.")


def _round_trip() -> Iterator[Finding]:
    try:
        send_round_the_layer()
    except Exception as error:
        yield fault(
            f"No event comes round through Redis: {type(error).__name__}.",
            "May this account PUBLISH and SUBSCRIBE? See its ACL.",
        )
    else:
        yield fine("An event comes round through it.")
