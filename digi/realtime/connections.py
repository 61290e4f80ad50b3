"""Connections to Redis, whatever DIGI_REDIS_URL names: one server, the primary of Sentinels, or a cluster.

Everybody else here says what for: the channel layer, the feed of video, the cache, the worker's queue. What is
published to any node of a cluster is heard at all of them, so that publishing and hearing need one node that answers.
"""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from functools import cache
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer
from redis import ConnectionPool, Redis, RedisCluster
from redis import asyncio as aioredis
from redis.asyncio.connection import Connection, SSLConnection
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.exceptions import ConnectionError, TimeoutError
from redis.retry import Retry
from redis.sentinel import Sentinel, SentinelConnectionPool

from digi.redis_urls import RedisAt, redis_at

BRIEFLY = 0.5  # seconds that one of several hosts gets to answer, before another is asked


class Nodes:
    """Hosts of which any will do: the one that answered last, and the next one after a failure."""

    def __init__(self, hosts: tuple[tuple[str, int], ...]) -> None:
        self._hosts = hosts
        self._at = random.randrange(len(hosts))  # noqa: S311 - to spread processes, not a secret

    async def find(self) -> tuple[str, int]:
        return self._hosts[self._at]

    def failed(self, host: tuple[str, int]) -> None:
        if host == self._hosts[self._at]:
            self._at = (self._at + 1) % len(self._hosts)


class Primary:
    """The host that most of the Sentinels name; one that was cut off until now may not have heard of a change."""

    def __init__(self, at: RedisAt) -> None:
        self._at = at

    async def find(self) -> tuple[str, int]:
        answers = await asyncio.gather(*(self._ask(*host) for host in self._at.hosts), return_exceptions=True)
        return _most_named(self._at.service, [answer for answer in answers if isinstance(answer, dict)])

    def failed(self, host: tuple[str, int]) -> None:
        """They are asked again."""

    async def _ask(self, host: str, port: int) -> Any:
        patience: dict[str, Any] = {"socket_timeout": BRIEFLY, "socket_connect_timeout": BRIEFLY}
        options = {**patience, "retry": AsyncRetry(NoBackoff(), 0), **self._at.sentinel_options}
        async with aioredis.Redis(host=host, port=port, **options) as sentinel:
            return await sentinel.sentinel_masters()


class Sentinels(Sentinel):
    """redis-py's, with the same rule: its own believes the first that answers."""

    def discover_master(self, service_name: str) -> tuple[str, int]:
        answers = []
        for sentinel in self.sentinels:
            with suppress(ConnectionError, TimeoutError):
                answers.append(sentinel.sentinel_masters())
        return _most_named(service_name, answers)


def _most_named(service: str, answers: list[Any]) -> tuple[str, int]:
    states = [answer[service] for answer in answers if service in answer]
    up = [state for state in states if state["is_master"] and not state["is_sdown"] and not state["is_odown"]]
    named = Counter((state["ip"], state["port"]) for state in up)
    if not named:
        raise ConnectionError(f"No Sentinel names a primary for {service}.")
    return named.most_common(1)[0][0]


class _Found:
    """A connection to where `place` finds a server."""

    host: str
    port: int

    def __init__(self, *, place: Nodes | Primary, **options: Any) -> None:
        self._place = place
        super().__init__(**options)

    async def _connect(self) -> None:
        self.host, self.port = here = await self._place.find()
        try:
            await super()._connect()  # type: ignore[misc]
        except BaseException:  # a cancellation as well: somebody's patience has ended before ours
            self._place.failed(here)
            raise


class FoundConnection(_Found, Connection):
    """In the clear."""


class FoundByTLS(_Found, SSLConnection):
    """By TLS."""


class Layer(RedisPubSubChannelLayer):
    """channels-redis' pub/sub layer at the Redis of a URL; other options are the layer's."""

    def __init__(self, *, url: str, **options: Any) -> None:
        # An explicit dict: redis-py 8's socket_timeout of 5 s races the layer's own blocking reads.
        host = {"socket_timeout": None, "socket_connect_timeout": 5, "max_connections": 10000}
        super().__init__(hosts=[host | _place(redis_at(url))], **options)


def client(url: str, **options: Any) -> aioredis.Redis:
    """An asynchronous client that publishes and hears."""
    at = redis_at(url)
    if at.kind == "one":
        return aioredis.Redis.from_url(url, **options)
    return aioredis.Redis.from_pool(aioredis.ConnectionPool(**{**options, **_place(at)}))


def _place(at: RedisAt) -> dict[str, Any]:
    """Where to connect, as channels-redis takes a host; its loops and ours try again by themselves."""
    if at.kind == "one":
        return {"address": at.url}
    options = {name: value for name, value in at.options.items() if name != "ssl"}
    return {
        "connection_class": FoundByTLS if at.options.get("ssl") else FoundConnection,
        "place": Nodes(at.hosts) if at.kind == "cluster" else Primary(at),
        "socket_connect_timeout": BRIEFLY,
        "retry": AsyncRetry(NoBackoff(), 0),
        **options,
    }


@cache
def shared_client(url: str, **patience: float) -> Redis | RedisCluster:
    """The process's client for orders that are answered at once, of any thread; `patience` are redis-py's timeouts."""
    at = redis_at(url)
    options: dict[str, Any] = {
        **patience,
        "retry": Retry(NoBackoff(), 1),
    }  # a connection may have gone while it lay idle
    if at.kind == "one":
        return Redis(connection_pool=ConnectionPool.from_url(url, **options))
    if at.kind == "cluster":
        nodes = [ClusterNode(host, port) for host, port in at.hosts]  # type: ignore[no-untyped-call]
        return RedisCluster(startup_nodes=nodes, require_full_coverage=False, **options, **at.options)
    briefly = {"socket_timeout": BRIEFLY, "socket_connect_timeout": BRIEFLY, "retry": Retry(NoBackoff(), 0)}
    sentinel = Sentinels(at.hosts, sentinel_kwargs=briefly | at.sentinel_options)  # type: ignore[no-untyped-call]
    pool = SentinelConnectionPool(at.service, sentinel, **options, **at.options)  # type: ignore[no-untyped-call]
    return Redis(connection_pool=pool)
