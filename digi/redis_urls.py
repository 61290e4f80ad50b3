"""DIGI_REDIS_URL: one Redis, the primary that Sentinels name, or the nodes of a cluster.

    redis://[user:password@]host[:6379][/database]            also rediss:// (TLS) and unix:///path
    redis+sentinel://[user:password@]one[:26379],two/service[/database][?sentinel_password=…]
    redis+cluster://[user:password@]one[:6379],two,three

With `rediss+sentinel` and `rediss+cluster` all of them speak TLS. Options after `?` are redis-py's `ssl_…`.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

Kind = Literal["one", "sentinel", "cluster"]

SCHEMES: dict[str, tuple[Kind, bool]] = {
    "redis": ("one", False),
    "rediss": ("one", True),
    "unix": ("one", False),
    "redis+sentinel": ("sentinel", False),
    "rediss+sentinel": ("sentinel", True),
    "redis+cluster": ("cluster", False),
    "rediss+cluster": ("cluster", True),
}
PORTS = {"one": 6379, "cluster": 6379, "sentinel": 26379}
TLS = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname"})
SENTINEL = frozenset({"sentinel_username", "sentinel_password"})
_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[\w.-]+))(?::(?P<port>\d{1,5}))?", re.ASCII)


@dataclass(frozen=True)
class RedisAt:
    """Where Redis is. `options` are redis-py's of a connection to a server, `sentinel_options` to a Sentinel.

    For one Redis redis-py reads the `url` itself.
    """

    kind: Kind
    url: str = field(repr=False)
    hosts: tuple[tuple[str, int], ...] = ()
    service: str = ""
    options: dict[str, Any] = field(default_factory=dict, repr=False)
    sentinel_options: dict[str, Any] = field(default_factory=dict, repr=False)


@cache
def redis_at(url: str) -> RedisAt:
    """Read a URL; a ValueError says in a line what is wrong with it, and repeats nothing that may be a password."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or "://" not in url:
        raise ValueError(f"begins with one of {', '.join(f'{scheme}://' for scheme in SCHEMES)}.")
    kind, secure = SCHEMES[parts.scheme]
    if parts.scheme == "unix":
        return RedisAt(kind, url)
    hosts = _hosts(parts, PORTS[kind])
    if kind == "one":
        if len(hosts) > 1:
            raise ValueError("names several hosts: begin it with redis+sentinel:// or redis+cluster://.")
        _database(parts.path)
        return RedisAt(kind, url, hosts)

    given = _given(parts, TLS | SENTINEL if kind == "sentinel" else TLS)
    tls: dict[str, Any] = {name: given[name] for name in TLS & given.keys()}
    if tls and not secure:
        raise ValueError(f"has options of TLS: begin it with rediss+{kind}://.")
    if "ssl_check_hostname" in tls:
        tls["ssl_check_hostname"] = tls["ssl_check_hostname"].lower() in {"1", "true", "yes", "on"}
    tls |= {"ssl": True} if secure else {}
    options = tls | _credentials(parts)
    if kind == "cluster":
        if parts.path.strip("/"):
            raise ValueError("ends after its hosts: a cluster has database 0 alone.")
        return RedisAt(kind, url, hosts, options=options)

    service, _, database = parts.path.lstrip("/").partition("/")
    if not service:
        raise ValueError("names after its hosts the service that the Sentinels watch: …/mymaster or …/mymaster/0.")
    sentinel = tls | {name.removeprefix("sentinel_"): given[name] for name in SENTINEL & given.keys()}
    options |= {"db": _database(database)}
    return RedisAt(kind, url, hosts, unquote(service), options, sentinel)


def layer_and_cache(url: str, keys: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Django's CHANNEL_LAYERS and CACHES: at this Redis, or in memory where there is none; `keys` seal events."""
    if not url:
        layer: dict[str, Any] = {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10000}}
        return {"default": layer}, {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    sealed = {"url": url, "prefix": "digi", "symmetric_encryption_keys": keys}
    patience = {"socket_timeout": 1, "socket_connect_timeout": 1}
    return (
        {"default": {"BACKEND": "digi.realtime.connections.Layer", "CONFIG": sealed}},
        {"default": {"BACKEND": "digi.realtime.cache.PatientRedisCache", "LOCATION": url, "OPTIONS": patience}},
    )


def _hosts(parts: SplitResult, port: int) -> tuple[tuple[str, int], ...]:
    found = []
    for word in parts.netloc.rpartition("@")[2].split(","):
        match = _HOST.fullmatch(word.strip())
        if match is None or not 0 < int(match["port"] or port) < 65536:
            raise ValueError(
                "lists its hosts as host or host:port, commas between; in a password / is %2F, @ %40, # %23, ? %3F."
            )
        found.append((match["v6"] or match["name"], int(match["port"] or port)))
    return tuple(found)


def _credentials(parts: SplitResult) -> dict[str, str]:
    username, _, password = parts.netloc.rpartition("@")[0].partition(":")
    both = {"username": unquote(username), "password": unquote(password)}
    return {name: value for name, value in both.items() if value}


def _given(parts: SplitResult, known: frozenset[str]) -> dict[str, str]:
    given = dict(parse_qsl(parts.query))
    if given.keys() - known:
        raise ValueError(f"knows the options {', '.join(sorted(known))}, not {min(given.keys() - known)}.")
    return given


def _database(path: str) -> int:
    number = path.strip("/") or "0"
    if not (number.isascii() and number.isdecimal()):
        raise ValueError("ends in the number of a database, such as 0.")
    return int(number)
