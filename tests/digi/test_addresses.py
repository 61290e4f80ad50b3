import pytest
from django.test import RequestFactory

from digi.addresses import KnownAddress, client_address, present_address


def request(remote="192.0.2.1", forwarded=None):
    extra = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=remote, **extra)


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "expected"),
    [
        (0, "192.0.2.1", None, "192.0.2.1"),
        (0, "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (1, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (1, "127.0.0.1", "10.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "127.0.0.1", "10.6.6.6, 203.0.113.9, 192.0.2.7", "203.0.113.9"),
        (2, "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        (1, "", "203.0.113.9", "203.0.113.9"),
        (1, "192.0.2.1", None, "192.0.2.1"),
        (1, "127.0.0.1", "nonsense", ""),
        (1, "127.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
        (1, "127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        (0, "::ffff:192.0.2.1", None, "192.0.2.1"),
        (0, "", None, ""),
        (0, "unix:", None, ""),
    ],
)
def test_client_address_is_what_the_outermost_trusted_proxy_saw(settings, proxies, remote, forwarded, expected):
    settings.DIGI_TRUSTED_PROXIES = proxies

    assert client_address(request(remote, forwarded)) == expected


def test_known_address_lasts_as_long_as_the_request():
    seen = []

    KnownAddress(lambda _request: seen.append(present_address()))(request("192.0.2.1"))

    assert seen == ["192.0.2.1"]
    assert present_address() == ""
