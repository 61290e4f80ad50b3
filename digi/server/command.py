"""Daphne's command line with Digi's defaults; what `run_daphne.py` calls."""

import os
import sys
from argparse import Namespace

import django
from daphne.cli import CommandLineInterface
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from digi.environment import loopback_only
from digi.server.quiet import hush
from digi.server.server import Server

HOST = "0.0.0.0"  # noqa: S104 - a server for other machines; `make run` and DIGI_HOST narrow it
PORT = "8000"
APPLICATION = "digi.asgi:application"
MESSAGE_SIZE = 160 * 1024  # bytes; digi.realtime closes 4413 over 128 KiB and needs to see the message for that


class Command(CommandLineInterface):
    """Daphne's own options; host and port come from the environment where no option names an address."""

    description = "Serves Digi over HTTP and WebSocket"
    server_class = Server

    def __init__(self) -> None:
        super().__init__()
        self.parser.prog = "run_daphne.py"
        self.parser.set_defaults(
            ping_interval=20,
            ping_timeout=30,
            websocket_max_message_size=MESSAGE_SIZE,
            websocket_max_frame_size=MESSAGE_SIZE,
            server_name="",
        )

    def run(self, args: list[str]) -> None:
        """Serve until a signal ends it; leaves with status 1 and one line where it cannot listen."""
        options = [*args, APPLICATION]
        given = self.parser.parse_args(options)
        if not (given.unix_socket or given.file_descriptor is not None or given.socket_strings):
            self.parser.set_defaults(host=given.host or host(), port=given.port or port())
            given = self.parser.parse_args(options)
        _keep_the_bench_at_home(given)
        if "quiet" in settings.DIGI_FAST:
            hush()
        super().run(options)
        if self.server.status:
            sys.exit(self.server.status)


def host() -> str:
    """The address to bind."""
    return os.environ.get("DIGI_HOST") or HOST


def port() -> int:
    """The port to bind. Raises `ImproperlyConfigured`."""
    text = os.environ.get("DIGI_PORT") or PORT
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ImproperlyConfigured(f"DIGI_PORT must be a port from 1 to 65535, not {text!r}.")
    return int(text)


def _keep_the_bench_at_home(given: Namespace) -> None:
    """DIGI_BENCH lifts the limits and signs people in by a printed cookie: nobody else may reach that."""
    unknown = given.socket_strings or given.file_descriptor is not None
    if settings.DIGI_BENCH and (unknown or not loopback_only(given.host or "localhost")):
        raise ImproperlyConfigured("DIGI_BENCH=1 serves this machine only: set DIGI_HOST=127.0.0.1.")


def main(args: list[str]) -> None:
    """Serve with these command-line arguments; a wrong setting is one line, not a traceback."""
    try:
        django.setup()
        Command().run(args)
    except ImproperlyConfigured as error:
        sys.exit(f"Digi does not start: {error}")
