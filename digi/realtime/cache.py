"""A cache that is a help and not a need: with Redis away it forgets, says so in the log, and holds nobody up."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient, RedisSerializer
from redis.exceptions import RedisClusterException, RedisError

from digi.realtime.connections import shared_client
from digi.redis_urls import redis_at

log = logging.getLogger(__name__)

REST = 2  # seconds in which nobody asks a Redis that has just failed to answer


class SharedClient(RedisCacheClient):
    """Django's cache client with one pool of connections for the process; its own would make one for each request."""

    def __init__(self, servers: list[str], **patience: float) -> None:
        super().__init__(servers)
        self._url, self._patience, self._plain = servers[0], patience, RedisSerializer()

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return shared_client(self._url, **self._patience)


class ClusterClient(SharedClient):
    """The same, where the keys of one order may lie on several nodes."""

    def get_many(self, keys: Any) -> dict[Any, Any]:
        keys = list(keys)
        found = zip(keys, self.get_client().mget_nonatomic(keys), strict=True)
        return {key: self._plain.loads(value) for key, value in found if value is not None}

    def set_many(self, data: Any, timeout: Any) -> None:
        pipeline = self.get_client(write=True).pipeline()
        for key, value in data.items():
            pipeline.set(key, self._plain.dumps(value), ex=timeout)
        pipeline.execute()


class PatientRedisCache(RedisCache):
    """Django's Redis cache; what cannot be asked counts as absent, what cannot be stored is forgotten."""

    _complained = 0.0
    _away_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__([server], params)  # a list, since Django would split the string at its commas
        self._class = ClusterClient if redis_at(server).kind == "cluster" else SharedClient

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._patiently(super().add, True, *args, **kwargs)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._patiently(super().get, default, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._patiently(super().set, None, *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._patiently(super().incr, 0, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._patiently(super().touch, False, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._patiently(super().delete, False, *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._patiently(super().get_many, {}, *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._patiently(super().set_many, [], *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._patiently(super().delete_many, None, *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._patiently(super().has_key, False, *args, **kwargs)

    def _patiently(self, call: Callable[..., Any], otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < PatientRedisCache._away_until:
            return otherwise
        try:
            return call(*args, **kwargs)
        except (RedisError, RedisClusterException, OSError) as error:
            now = time.monotonic()
            PatientRedisCache._away_until = now + REST
            if now - PatientRedisCache._complained > 30:
                PatientRedisCache._complained = now
                log.warning("cache: %s", error)
            return otherwise
