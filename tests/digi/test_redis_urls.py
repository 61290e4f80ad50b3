"""DIGI_REDIS_URL in all its forms, and what is said about wrong ones."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from digi.environment import Environment
from digi.redis_urls import redis_at


@pytest.mark.parametrize(
    "url",
    [
        "redis://redis",
        "redis://redis:6379/0",
        "rediss://:p%40ss@redis.example:6380/3?ssl_ca_certs=/etc/ca.pem",
        "redis://[fd00::1]:6379/1",
        "unix:///run/redis.sock?db=2",
    ],
)
def test_one_redis_is_left_to_redis_py(url):
    at = redis_at(url)

    assert (at.kind, at.url, at.service) == ("one", url, "")


def test_sentinels_are_named_with_the_service_they_watch():
    at = redis_at("redis+sentinel://digi:p%2Fss@one:26380,two,[fd00::1]:26379/mymaster/2?sentinel_password=0ther")

    assert (at.kind, at.service) == ("sentinel", "mymaster")
    assert at.hosts == (("one", 26380), ("two", 26379), ("fd00::1", 26379))
    assert at.options == {"username": "digi", "password": "p/ss", "db": 2}
    assert at.sentinel_options == {"password": "0ther"}


def test_tls_is_for_servers_and_sentinels_alike():
    at = redis_at("rediss+sentinel://one/mymaster?ssl_ca_certs=/etc/ca.pem&ssl_check_hostname=no")

    tls = {"ssl": True, "ssl_ca_certs": "/etc/ca.pem", "ssl_check_hostname": False}
    assert at.options == {**tls, "db": 0}
    assert at.sentinel_options == tls


def test_cluster_is_named_by_its_nodes():
    at = redis_at("rediss+cluster://:p%40ss@one,two:7000,three:7001")

    assert (at.kind, at.hosts) == ("cluster", (("one", 6379), ("two", 7000), ("three", 7001)))
    assert at.options == {"ssl": True, "password": "p@ss"}


def test_passwords_are_not_shown():
    assert "s3cret" not in repr(redis_at("redis+sentinel://:s3cret@one/mymaster?sentinel_password=s3cret2"))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sentinel://one:26379/mymaster", "begins with one of redis://"),
        ("redis:6379", "begins with one of redis://"),
        ("redis://one:6379,two:6379/0", "names several hosts: begin it with redis\\+sentinel://"),
        ("redis://one:6379/zero", "ends in the number of a database"),
        ("redis://", "lists its hosts as host or host:port"),
        ("redis://one:66000/0", "lists its hosts as host or host:port"),
        ("redis://:s3cret/x@one:6379/0", "in a password / is %2F"),
        ("redis+sentinel://one,,two/mymaster", "lists its hosts as host or host:port"),
        ("redis+sentinel://one,two", "names after its hosts the service"),
        ("redis+sentinel://one/mymaster/zero", "ends in the number of a database"),
        ("redis+sentinel://one/mymaster?master=s3cret", "knows the options sentinel_password, .*, not master"),
        ("redis+sentinel://one/mymaster?ssl_ca_certs=/ca.pem", "begin it with rediss\\+sentinel://"),
        ("redis+cluster://one,two/1", "a cluster has database 0 alone"),
        ("redis+cluster://one?sentinel_password=s3cret", "not sentinel_password"),
    ],
)
def test_wrong_url_is_told_in_a_line_that_shows_no_password(url, said, monkeypatch, tmp_path):
    monkeypatch.setenv("DIGI_REDIS_URL", url)

    with pytest.raises(ImproperlyConfigured, match=said) as error:
        Environment(tmp_path).redis_url("DIGI_REDIS_URL")
    assert str(error.value).startswith("DIGI_REDIS_URL ")
    assert "s3cret" not in str(error.value)
    assert "\n" not in str(error.value)


def test_no_url_is_no_redis(monkeypatch, tmp_path):
    monkeypatch.delenv("DIGI_REDIS_URL", raising=False)

    assert Environment(tmp_path).redis_url("DIGI_REDIS_URL") == ""
