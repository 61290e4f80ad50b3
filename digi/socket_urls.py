"""Where browsers open sockets: at the page's own origin, or at DIGI_WEBSOCKET_URL."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_script_prefix

_URL = re.compile(r"wss?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?", re.ASCII)


def socket_url(path: str) -> str:
    """The address of a socket below `/ws/`: a path, or a whole URL where sockets have an origin of their own."""
    return f"{settings.DIGI_WEBSOCKET_URL}{get_script_prefix()}ws/{path}"


def sockets_elsewhere(url: str, origins: list[str]) -> str:
    """DIGI_WEBSOCKET_URL without its last slash, or empty. Raises `ImproperlyConfigured`.

    Cookies go to every port of their host and to no other host, and browsers open no plain socket from an https page.
    """
    url = url.rstrip("/").lower()
    if not url:
        return ""
    if not _URL.fullmatch(url):
        raise ImproperlyConfigured("DIGI_WEBSOCKET_URL is an origin for sockets, such as wss://digi.example:8443.")
    at_home = [origin for origin in origins if urlsplit(origin).hostname == urlsplit(url).hostname]
    if not at_home:
        raise ImproperlyConfigured(
            "DIGI_WEBSOCKET_URL needs the host of one of DIGI_PUBLIC_ORIGINS: browsers send the session to no other."
        )
    if url.startswith("ws:") and any(origin.startswith("https:") for origin in at_home):
        raise ImproperlyConfigured("DIGI_WEBSOCKET_URL begins with wss:// where pages come by https.")
    return url
