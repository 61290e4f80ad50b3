"""Where a request comes from, as far as the trusted proxies can tell."""

from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def client_address(request: HttpRequest) -> str:
    """The client's IP address in its usual spelling, or an empty string: a UNIX socket has no address.

    With DIGI_TRUSTED_PROXIES = n, it is the n-th from the right of X-Forwarded-For; what stands further left was
    written by whoever wanted to. With 0, the header is not looked at.
    """
    return address_of(request.headers.get("X-Forwarded-For", ""), str(request.META.get("REMOTE_ADDR") or ""))


def address_of(forwarded_for: str, peer: str) -> str:
    """The same for a socket: from its X-Forwarded-For header and its peer, either of them possibly empty."""
    proxies: int = settings.DIGI_TRUSTED_PROXIES
    forwarded = [part.strip() for part in forwarded_for.split(",") if part.strip()]
    if proxies and forwarded:
        return _spelt(forwarded[-min(proxies, len(forwarded))])
    return _spelt(peer)


def _spelt(text: str) -> str:
    if text.startswith("["):  # [2001:db8::1]:4711
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # 192.0.2.1:4711
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


_here: ContextVar[str] = ContextVar("address", default="")


def present_address() -> str:
    """The address of the request that is being answered, for services that are not handed one; else empty."""
    return _here.get()


class KnownAddress:
    """Middleware: keeps the client's address at hand while its request is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _here.set(client_address(request))
        try:
            return self.get_response(request)
        finally:
            _here.reset(token)
