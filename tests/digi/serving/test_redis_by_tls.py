"""Redis, its Sentinel and its cluster by TLS and with passwords: all goes there, and trust is asked for."""

import asyncio
from contextlib import ExitStack

import pytest
from redis.exceptions import RedisClusterException, RedisError

from digi.realtime.cache import PatientRedisCache
from digi.realtime.connections import Layer, client, shared_client
from tests.redises import SERVICE, SLOTS, Member, SentinelServer, Store, until

PASSWORD = "s3cret/@:"
SECRET = ":s3cret%2F%40%3A@"


@pytest.fixture(scope="module")
def addresses(certificate):
    """URLs, without the authority that is to be trusted, by their kind."""
    tls = certificate.folder
    with ExitStack() as running:
        store = running.enter_context(Store(password=PASSWORD, tls=tls))
        sentinel = running.enter_context(SentinelServer(store, password="0ther", quorum=1, down_after=60_000, tls=tls))
        member = running.enter_context(Member(password=PASSWORD, tls=tls))
        member.ask("CLUSTER ADDSLOTSRANGE", "0", str(SLOTS - 1))
        until(lambda: member.ask("CLUSTER INFO")["cluster_state"] == "ok")
        until(lambda: "slave" not in sentinel.ask("SENTINEL MASTER", SERVICE)["flags"])
        yield {
            "one": f"rediss://{SECRET}127.0.0.1:{store.port}/0?",
            "sentinel": f"rediss+sentinel://{SECRET}127.0.0.1:{sentinel.port}/{SERVICE}/0?sentinel_password=0ther&",
            "cluster": f"rediss+cluster://{SECRET}127.0.0.1:{member.port}?",
        }


@pytest.fixture(params=["one", "sentinel", "cluster"])
def address(request, addresses) -> str:
    return addresses[request.param]


async def test_everything_goes_by_tls(address, certificate):
    url = f"{address}ssl_ca_certs={certificate.chain}"
    cache = PatientRedisCache(url, {"OPTIONS": {"socket_timeout": 20, "socket_connect_timeout": 20}})
    layer = Layer(url=url)

    channel = await layer.new_channel()
    await layer.group_add("all", channel)
    async with asyncio.timeout(20):
        await layer.group_send("all", {"type": "hello"})
        heard = await layer.receive(channel)
    async with client(url) as video:
        answered = await video.ping()
    await asyncio.to_thread(cache.set_many, {"one": 1, "two": "zwei"}, 60)

    assert heard == {"type": "hello"}
    assert answered is True
    assert await asyncio.to_thread(cache.get_many, ["one", "two"]) == {"one": 1, "two": "zwei"}
    await layer.flush()


def test_server_whose_certificate_is_not_trusted_is_told_nothing(address):
    with pytest.raises((RedisError, RedisClusterException), match=r"CERTIFICATE_VERIFY|No Sentinel names"):
        shared_client(address.rstrip("?&"), socket_timeout=20).get("one")
