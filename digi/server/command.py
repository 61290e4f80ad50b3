"""Daphne's command line with Digi's defaults; what `run_daphne.py` calls."""

import os
import socket
import sys
from argparse import Namespace
from functools import partial
from typing import Any

import django
from daphne.cli import CommandLineInterface
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured

from digi.environment import loopback_only
from digi.server.options import APPLICATION, check, ours
from digi.server.quiet import hush
from digi.server.server import Server
from digi.server.workers import CHAIN, Chain, Supervisor, listener

HOST = "0.0.0.0"  # noqa: S104 - a server for other machines; `make run` and DIGI_HOST narrow it
PORT = "8000"


class Command(CommandLineInterface):
    """Daphne's own options; host and port come from the environment where no option names an address."""

    server_class = Server

    def __init__(self) -> None:
        super().__init__()
        ours(self.parser)

    def run(self, args: list[str]) -> None:
        """Serve until a signal ends it; leaves with status 1 and one line where it cannot listen."""
        given = self.parser.parse_args(args)
        if not (given.unix_socket or given.file_descriptor is not None or given.socket_strings):
            self.parser.set_defaults(host=given.host or host(), port=given.port or port())
            given = self.parser.parse_args(args)
        _keep_the_bench_at_home(given)
        check(given)
        if "quiet" in settings.DIGI_FAST:
            hush()
        _ask_for_static_files()
        if CHAIN in os.environ:
            chain = Chain(int(os.environ.pop(CHAIN)))
            self.server_class = partial(Server, shared=_shared(given), chain=chain)  # type: ignore[assignment]
        elif (count := _workers(given)) > 1:
            sys.exit(Supervisor([sys.executable, sys.argv[0], *args], count).run())
        _ask_for_addresses(given)
        super().run(args)
        if self.server.status:
            sys.exit(self.server.status)

    def load_asgi_app(self, asgi_app_path: str) -> Any:
        """Import the application. Raises `ImproperlyConfigured`."""
        try:
            return super().load_asgi_app(asgi_app_path)
        except (ImportError, AttributeError) as error:
            raise ImproperlyConfigured(f"there is no application {asgi_app_path}: {error}.") from error
        except ValueError as error:
            raise ImproperlyConfigured(
                f"an application is written as {APPLICATION} is, not {asgi_app_path}."
            ) from error


def host() -> str:
    """The address to bind."""
    return os.environ.get("DIGI_HOST") or HOST


def port() -> int:
    """The port to bind. Raises `ImproperlyConfigured`."""
    text = os.environ.get("DIGI_PORT") or PORT
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ImproperlyConfigured(f"DIGI_PORT must be a port from 1 to 65535, not {text!r}.")
    return int(text)


def _workers(given: Namespace) -> int:
    """How many processes to serve with. Raises `ImproperlyConfigured`."""
    text = str(given.workers or os.environ.get("DIGI_WORKERS") or 1)
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise ImproperlyConfigured(f"DIGI_WORKERS must be a number from 1 to 64, not {text!r}.")
    if int(text) == 1:
        return 1
    if not settings.DIGI_REDIS_URL:
        raise ImproperlyConfigured(
            f"{text} workers hear of each other through Redis, and DIGI_REDIS_URL is not set. "
            "Set it, or DIGI_WORKERS=1."
        )
    if given.unix_socket or given.file_descriptor is not None or given.socket_strings:
        raise ImproperlyConfigured("Several workers listen at a host and a port, and at nothing else.")
    if not hasattr(socket, "SO_REUSEPORT"):
        raise ImproperlyConfigured("This system cannot share a port between workers. Set DIGI_WORKERS=1.")
    return int(text)


def _shared(given: Namespace) -> socket.socket:
    """The worker's own socket at the address they all have. Raises `ImproperlyConfigured`."""
    try:
        return listener(given.host, given.port)
    except OSError as error:
        raise ImproperlyConfigured(f"it cannot listen at {given.host}:{given.port}: {error.strerror}.") from error


def _keep_the_bench_at_home(given: Namespace) -> None:
    """DIGI_BENCH lifts the limits and signs people in by a printed cookie: nobody else may reach that."""
    unknown = given.socket_strings or given.file_descriptor is not None
    if settings.DIGI_BENCH and (unknown or not loopback_only(given.host or "localhost")):
        raise ImproperlyConfigured("DIGI_BENCH=1 serves this machine only: set DIGI_HOST=127.0.0.1.")


def _ask_for_addresses(given: Namespace) -> None:
    """Nobody has an address at a UNIX socket but from the proxy in front of it."""
    unix = given.unix_socket or any(text.startswith("unix:") for text in given.socket_strings)
    if unix and not settings.DIGI_TRUSTED_PROXIES:
        sys.stderr.write(
            "At a UNIX socket only a proxy knows the clients' addresses, and DIGI_TRUSTED_PROXIES is 0: "
            "all people share the limits of one address.\n"
        )


def _ask_for_static_files() -> None:
    """In production no page can be drawn before the names of its files are known, not even that of an error.

    Raises `ImproperlyConfigured` where the list of them was half written.
    """
    if settings.SERVESTATIC_USE_FINDERS or CHAIN in os.environ:
        return
    mend = "manage.py collectstatic --noinput"
    try:
        storage: Any = staticfiles_storage
        names = storage.load_manifest()[0]
    except ValueError as error:
        raise ImproperlyConfigured(f"the list of static files in {settings.STATIC_ROOT} is broken: {mend}.") from error
    if not names:
        sys.stderr.write(
            f"No static files are collected in {settings.STATIC_ROOT}, and every page will answer 500 until they are: "
            f"{mend}, and start again.\n"
        )


def main(args: list[str]) -> None:
    """Serve with these command-line arguments; a wrong setting is one line, not a traceback."""
    try:
        django.setup()
        Command().run(args)
    except ImproperlyConfigured as error:
        sys.exit(f"Digi does not start: {error}")
