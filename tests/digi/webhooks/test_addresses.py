"""What the server calls and what it does not: texts of URLs, every family of addresses, names that change."""

import socket
from ipaddress import ip_address, ip_network

import pytest

from digi.environment import Places
from digi.errors import Invalid
from digi.webhooks.services import addresses
from digi.webhooks.services.addresses import Refused, Target, checked, is_allowed, parsed


@pytest.fixture(autouse=True)
def _outside(settings):
    settings.DIGI_WEBHOOK_HTTP = False
    settings.DIGI_WEBHOOK_PORTS = frozenset({443, 8443})
    settings.DIGI_WEBHOOK_INTERNAL = Places()


FORBIDDEN = {
    "this network": ["0.0.0.0", "0.1.2.3"],
    "private": ["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255"],
    "carriers' NAT": ["100.64.0.1", "100.127.255.255"],
    "loopback": ["127.0.0.1", "127.1.2.3", "127.255.255.255", "::1"],
    "link-local": ["169.254.0.1", "169.254.169.254", "fe80::1", "fe80::1%1", "febf::1"],
    "protocol assignments": ["192.0.0.1", "192.0.0.170", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1", "3fff:fff::1"],
    "benchmarks": ["198.18.0.1", "198.19.255.255"],
    "6to4": ["192.88.99.1", "2002::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:808:808::1"],
    "multicast": ["224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.254", "100::1", "5f00::1", "4000::1", "e000::1"],
    "broadcast": ["255.255.255.255"],
    "unspecified": ["::"],
    "IPv4-mapped": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8"],
    "IPv4-compatible": ["::127.0.0.1", "::8.8.8.8"],
    "IPv4-translated": ["::ffff:0:127.0.0.1"],
    "NAT64": ["64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::1"],
    "Teredo": ["2001:0:53aa:64c::1"],
    "unique local": ["fc00::1", "fd12:3456::1"],
    "site-local": ["fec0::1", "feff::1"],
    "zones": ["2606:4700:4700::1111%1"],
}
PUBLIC = ["8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "169.253.0.1", "11.0.0.1"]
PUBLIC += ["126.255.255.255", "128.0.0.1", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450:4001::1", "2003::1"]


@pytest.mark.parametrize(
    ("family", "address"), [(family, address) for family, found in FORBIDDEN.items() for address in found]
)
def test_address_of_a_special_purpose_is_refused(family, address):
    assert not is_allowed(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_allowed(address):
    assert is_allowed(ip_address(address))


def test_operator_lets_networks_and_names_inside_be_called(settings):
    settings.DIGI_WEBHOOK_INTERNAL = Places(frozenset({"hooks.lab.example"}), (ip_network("10.1.0.0/16"),))

    assert is_allowed(ip_address("10.1.2.3"))
    assert not is_allowed(ip_address("10.2.0.1"))
    assert is_allowed(ip_address("192.168.1.1"), "hooks.lab.example")
    assert is_allowed(ip_address("192.168.1.1"), "hooks.lab.example.")
    assert not is_allowed(ip_address("192.168.1.1"), "other.lab.example")


@pytest.mark.parametrize(
    ("url", "target", "authority"),
    [
        ("https://Hooks.Example", Target("https", "hooks.example", 443, "/"), "hooks.example"),
        (
            "https://hooks.example:8443/a/b?c=d",
            Target("https", "hooks.example", 8443, "/a/b?c=d"),
            "hooks.example:8443",
        ),
        ("https://8.8.8.8/x", Target("https", "8.8.8.8", 443, "/x"), "8.8.8.8"),
        ("https://[2a00:1450::1]/", Target("https", "2a00:1450::1", 443, "/"), "[2a00:1450::1]"),
        ("https://hooks.example?a", Target("https", "hooks.example", 443, "/?a"), "hooks.example"),
    ],
)
def test_url_is_parsed(url, target, authority):
    found = parsed(url)

    assert found == target
    assert found.authority == authority


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example",
        "//hooks.example/",
        "https:///path",
        "https://",
        "http://hooks.example/",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "gopher://hooks.example/",
        "https://user@hooks.example/",
        "https://user:secret@hooks.example/",
        "https://@hooks.example/",
        "https://hooks.example/#part",
        "https://hooks.example:80/",
        "https://hooks.example:22/",
        "https://hooks.example:0/",
        "https://hooks.example:99999/",
        "https://hooks.example:x/",
        "https://hooks.example/a b",
        "https://hooks.example/\r\nX: y",
        "https://hooks.example/\x00",
        "https://hooks.example\\@127.0.0.1/",
        "https://hööks.example/",
        "https://hooks..example/",
        "https://-hooks.example/",
        "https://hooks.example%2f/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://[v1.x]/",
        "https://[::1/",
        "https://10.0.0.1:8443/",
        "https://169.254.169.254/latest/meta-data/",
        f"https://{'a' * 64}.example/",
        f"https://hooks.example/{'a' * 2000}",
    ],
)
def test_url_that_may_not_be_called_is_refused(url):
    with pytest.raises(Invalid) as refused:
        parsed(url)

    assert (refused.value.code, refused.value.extra) == ("bad_url", {"field": "url"})


def test_plain_http_and_any_port_are_settings(settings):
    settings.DIGI_WEBHOOK_HTTP = True
    settings.DIGI_WEBHOOK_PORTS = frozenset()

    assert parsed("http://hooks.example/").port == 80
    assert parsed("http://hooks.example:81/").authority == "hooks.example:81"


def named(*found: str):
    """A resolver that knows one name: the edge of the network."""

    def look_up(_host, port, **_more):
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port)) for one in found]

    return look_up


TARGET = Target("https", "hooks.example", 443, "/")


def test_name_is_resolved_to_addresses_that_may_be_called(monkeypatch):
    monkeypatch.setattr(addresses.socket, "getaddrinfo", named("2a00:1450::1", "8.8.8.8", "8.8.8.8"))

    assert checked(TARGET) == ["2a00:1450::1", "8.8.8.8"]


@pytest.mark.parametrize("found", [[], ["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::1", "8.8.8.8"], ["not an address"]])
def test_name_with_an_address_that_may_not_be_called_is_refused(monkeypatch, found):
    monkeypatch.setattr(addresses.socket, "getaddrinfo", named(*found))

    with pytest.raises(Refused):
        checked(TARGET)


def test_link_locals_zone_is_seen(monkeypatch):
    answer = [(socket.AF_INET6, 1, 6, "", ("2a00:1450::1", 443, 0, 2))]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_args, **_more: answer)

    with pytest.raises(Refused):
        checked(TARGET)


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "2130706433", "0177.0.0.1", "localhost", "0"])
def test_other_spellings_of_the_loopback_are_refused_by_what_they_lead_to(host):
    with pytest.raises((Refused, Invalid)):
        checked(parsed(f"https://{host}/"))


def test_name_that_is_not_found_is_refused(monkeypatch):
    def fails(*_args, **_more):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(addresses.socket, "getaddrinfo", fails)

    with pytest.raises(Refused):
        checked(TARGET)
