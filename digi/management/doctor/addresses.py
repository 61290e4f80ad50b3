"""Where the server is reached: hosts, origins, https, proxies."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

from digi.environment import loopback_only
from digi.management.doctor.findings import Finding, care, fault, fine


def examine() -> Iterator[Finding]:
    origins: list[str] = settings.DIGI_PUBLIC_ORIGINS
    if not origins:
        yield fine("Development: whatever host name a browser uses is answered.")
        return
    yield from _shut_out(origins)
    yield from _in_the_clear(origins)
    if settings.HTTPS and not settings.DIGI_TRUSTED_PROXIES:
        yield care(
            "The origins are https, and no proxy is counted.",
            "With a proxy in front that ends TLS set DIGI_TRUSTED_PROXIES=1, or forms fail and all people have one "
            "address; without one, serve at an ssl: endpoint and ignore this.",
        )
    if "*" in settings.ALLOWED_HOSTS and not settings.DEBUG:
        yield care("DIGI_ALLOWED_HOSTS answers to every name.", "Name the hosts of DIGI_PUBLIC_ORIGINS alone.")
    yield fine(f"Browsers come by {', '.join(origins)}; mails lead to {settings.DIGI_HOME}{settings.DIGI_ROOT_PATH}.")


def _shut_out(origins: list[str]) -> Iterator[Finding]:
    for origin in origins:
        host = urlsplit(origin).hostname or ""
        named = f"[{host}]" if ":" in host else host
        if not validate_host(named, settings.ALLOWED_HOSTS):
            yield fault(
                f"{origin} is public, and the server does not answer to {host}.", f"Add {host} to DIGI_ALLOWED_HOSTS."
            )


def _in_the_clear(origins: list[str]) -> Iterator[Finding]:
    plain = [one for one in origins if urlsplit(one).scheme != "https"]
    abroad = [one for one in plain if not loopback_only(urlsplit(one).hostname or "")]
    if plain and len(plain) < len(origins):
        yield fault(
            f"Some origins are https and {plain[0]} is not, so that cookies travel in the clear for all of them.",
            "Let DIGI_PUBLIC_ORIGINS be https throughout, and redirect plain http.",
        )
    elif abroad:
        yield care(
            f"{abroad[0]} is plain http: passwords and messages can be read on the way, and there are no passkeys.",
            "Put a proxy with TLS in front (deploy/), or serve at an ssl: endpoint, and name https origins.",
        )
