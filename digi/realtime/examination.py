"""What `manage.py doctor` asks Redis: its version, what it does when it is full, and whether it remembers."""

import secrets
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache

from digi.realtime.connections import shared_client
from digi.redis_urls import redis_at


class Told(NamedTuple):
    """`policy` is `maxmemory-policy`; `bounded` whether there is a maxmemory at all."""

    place: str
    version: str
    policy: str
    bounded: bool
    remembers: bool


def place() -> str:
    """Where Redis is, without who may enter."""
    at = redis_at(settings.DIGI_REDIS_URL)
    return ", ".join(f"{host}:{port}" for host, port in at.hosts) or "its socket"


def ask() -> Told:
    """Raises what redis-py raises where nobody answers, or refuses to."""
    client = shared_client(settings.DIGI_REDIS_URL, socket_timeout=3, socket_connect_timeout=3)
    server, memory = _flat(client.info("server")), _flat(client.info("memory"))
    mark = secrets.token_hex(8)
    cache.set("doctor", mark, 60)
    return Told(
        place=place(),
        version=str(server.get("redis_version", "0")),
        policy=str(memory.get("maxmemory_policy", "")),
        bounded=bool(memory.get("maxmemory")),
        remembers=cache.get("doctor") == mark,
    )


def _flat(told: Any) -> dict[str, Any]:
    """Of a cluster, what the first node said."""
    values = list(told.values())
    return dict(values[0]) if values and isinstance(values[0], dict) else dict(told)
