"""Which addresses the server may call: a guard against requests that people have it make into its own network.

The text of a URL proves nothing: a name may lead anywhere, and elsewhere a moment later. So the name is resolved once
for each attempt, every address that it has is checked, and the connection goes to a checked address and no other.
"""

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from digi.errors import Invalid
from digi.webhooks.models import URL_LENGTH

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
PORTS = {"https": 443, "http": 80}
AT_MOST = 4  # addresses of one name that are tried

# What IANA's special-purpose registries set apart (RFC 6890 and its followers), written out since Python's own list
# differs from release to release.
_NOT_IPV4 = [
    "0.0.0.0/8",  # this network
    "10.0.0.0/8",  # private
    "100.64.0.0/10",  # shared behind carriers' NAT
    "127.0.0.0/8",  # loopback
    "169.254.0.0/16",  # link-local, and where clouds keep their credentials
    "172.16.0.0/12",  # private
    "192.0.0.0/24",  # protocol assignments
    "192.0.2.0/24",  # documentation
    "192.88.99.0/24",  # 6to4 relays
    "192.168.0.0/16",  # private
    "198.18.0.0/15",  # benchmarks
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, and broadcast
]
# Of IPv6 only global unicast counts, and in it not what carries or stands for something else. That leaves out loopback,
# link- and site-local, unique local, multicast, IPv4-mapped and -compatible addresses and NAT64, all of them outside.
_UNICAST = ip_network("2000::/3")
_NOT_IPV6 = [
    "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4: an IPv4 address inside
    "3fff::/20",  # documentation
]
_FORBIDDEN: list[Network] = [ip_network(text) for text in (*_NOT_IPV4, *_NOT_IPV6)]
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?")
_VISIBLE = re.compile(r"[\x21-\x7e]+")


class Refused(Exception):
    """The server does not call this address; which of its reasons it is, is nobody's business."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in parts. `host` has no brackets; `authority` and `path` are what a request says."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def parsed(url: str) -> Target:
    """The parts of a URL that may be called as far as its text tells. Raises `Invalid` with what is wrong."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise _invalid(_("This is no address of a web server.")) from error
    if (
        len(url) > URL_LENGTH
        or not _VISIBLE.fullmatch(url)
        or "\\" in url
        or not host
        or ("[" in url and ":" not in host)
    ):
        raise _invalid(_("This is no address of a web server."))
    if parts.scheme not in PORTS or (parts.scheme == "http" and not settings.DIGI_WEBHOOK_HTTP):
        raise _invalid(_("The address begins with https://."))
    if "@" in parts.netloc or "#" in url:
        raise _invalid(_("The address names neither a user nor a place in a page."))
    if port is None:
        port = PORTS[parts.scheme]
    if settings.DIGI_WEBHOOK_PORTS and port not in settings.DIGI_WEBHOOK_PORTS:
        raise _invalid(_("This server does not call that port."))

    _check_host(host)
    query = f"?{parts.query}" if parts.query else ""
    return Target(parts.scheme, host, port, f"{parts.path or '/'}{query}")


def checked(target: Target) -> list[str]:
    """The addresses of the target's host, each of which may be called. Raises `Refused` where one may not, or none is.

    One look-up a call: whoever connects must connect to one of these.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(_address(entry[4]) for entry in found))
    except (OSError, ValueError, UnicodeError) as error:
        raise Refused from error
    if not addresses or not all(is_allowed(address, target.host) for address in addresses):
        raise Refused
    return [str(address) for address in addresses[:AT_MOST]]


def is_allowed(address: Address, host: str = "") -> bool:
    """May this address be called, as one of `host`? DIGI_WEBHOOK_INTERNAL names what may beside the public ones."""
    places = settings.DIGI_WEBHOOK_INTERNAL
    if host.rstrip(".") in places.names or any(address in network for network in places.networks):
        return True
    if isinstance(address, IPv6Address) and (address.scope_id or address not in _UNICAST):
        return False
    return address.is_global and not any(address in network for network in _FORBIDDEN)


def _check_host(host: str) -> None:
    """Refuse at once what is no name, and an address that is written out and may not be called."""
    try:
        address = ip_address(host)
    except ValueError:
        if not _HOST.fullmatch(host):
            raise _invalid(_("This is no address of a web server.")) from None
        return
    if not is_allowed(address, host):
        raise _invalid(_("This server does not call that address."))


def _address(sockaddr: Any) -> Address:
    scope = f"%{sockaddr[3]}" if len(sockaddr) == 4 and sockaddr[3] else ""
    return ip_address(f"{str(sockaddr[0]).partition('%')[0]}{scope}")


def _invalid(sentence: str) -> Invalid:
    return Invalid(sentence, code="bad_url", field="url")
