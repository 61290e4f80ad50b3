"""What `run_daphne.py --help` says, and Daphne's options where ours differ."""

import socket
import sys
from argparse import Action, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from typing import NoReturn

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

APPLICATION = "digi.asgi:application"
MESSAGE_SIZE = 160 * 1024  # bytes; digi.realtime closes 4413 over 128 KiB and needs to see the message for that

DESCRIPTION = "Serves Digi over HTTP and WebSocket: Daphne with an orderly end, bounded memory and Digi's defaults."
EPILOG = """\
where it listens (several of them at once, if you like):
  run_daphne.py                                        at 0.0.0.0:8000, or DIGI_HOST and DIGI_PORT
  run_daphne.py -b 127.0.0.1 -p 9000                   at another address
  run_daphne.py -e unix:/run/digi/digi.sock:mode=660   at a UNIX socket that a proxy's group may open
  run_daphne.py -e ssl:443:privateKey=key.pem:certKey=chain.pem    with TLS: HTTP/2 and HTTP/1.1
  run_daphne.py --fd 3                                 at a TCP socket that whoever starts it has opened
  run_daphne.py -e systemd:domain=INET:index=0         at the socket that systemd passes
  run_daphne.py --workers 4                            four processes at one address, with DIGI_REDIS_URL

Everything else is a DIGI_* variable, in the environment or in .env: .env.example lists them. SIGTERM and Ctrl-C let
requests finish and send sockets away within DIGI_DRAIN_SECONDS. docs/operations.md explains each way and each option.
"""


def ours(parser: ArgumentParser) -> None:
    """Digi's defaults, --workers, an application that may be left out, and errors of one line."""
    parser.prog = "run_daphne.py"
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.error = _refuse  # type: ignore[method-assign]
    parser.set_defaults(
        ping_interval=20,
        ping_timeout=30,
        websocket_max_message_size=MESSAGE_SIZE,
        websocket_max_frame_size=MESSAGE_SIZE,
        server_name="",
    )
    application = _action(parser, "application")
    application.nargs, application.required, application.default = "?", False, APPLICATION
    application.help = f"Another ASGI application than {APPLICATION}, as module:name"
    _action(parser, "--no-server-name").help = "Leave out the Server header, as Digi does anyway"
    parser.add_argument(
        "--workers",
        type=int,
        help="Server processes at the same address (DIGI_WORKERS, 1). More than one need DIGI_REDIS_URL.",
    )


def check(given: Namespace) -> None:
    """Raise `ImproperlyConfigured` for what Daphne would answer with a traceback, or with trust in everybody."""
    elsewhere = any(not text.startswith(("tcp:", "ssl:")) for text in given.socket_strings)
    if sys.platform == "win32" and (given.unix_socket or given.file_descriptor is not None or elsewhere):
        raise ImproperlyConfigured("Windows has no such sockets for Python. What works: -b, -p, -e tcp:, -e ssl:.")
    if given.verbosity not in range(4):
        raise ImproperlyConfigured(f"-v is 0, 1, 2 or 3, not {given.verbosity}.")
    if (given.proxy_headers_host or given.proxy_headers_port) and not given.proxy_headers:
        raise ImproperlyConfigured("--proxy-headers-host and --proxy-headers-port need --proxy-headers.")
    if given.proxy_headers and not settings.DIGI_TRUSTED_PROXIES:
        raise ImproperlyConfigured(
            "--proxy-headers believes whoever connects. DIGI_TRUSTED_PROXIES=1 says that a proxy of yours does; "
            "with it Digi knows the clients' addresses without --proxy-headers, too."
        )
    if given.file_descriptor is not None:
        _check_inherited(given.file_descriptor)
    if given.access_log and given.access_log != "-":
        try:
            open(given.access_log, "a").close()
        except OSError as error:
            raise ImproperlyConfigured(f"--access-log: {error.strerror}: {given.access_log}.") from error


def _check_inherited(descriptor: int) -> None:
    """Daphne takes it for a TCP socket, and answers nobody at any other."""
    try:
        inherited = socket.socket(fileno=descriptor)
    except OSError as error:
        raise ImproperlyConfigured(f"--fd {descriptor}: {error.strerror}.") from error
    inherited.detach()  # it stays open
    if inherited.family not in (socket.AF_INET, socket.AF_INET6):
        raise ImproperlyConfigured(f"--fd {descriptor} is no TCP socket. For others: -e unix:…, -e systemd:domain=….")


def _refuse(message: str) -> NoReturn:
    sys.stderr.write(f"Digi does not start: {message}. run_daphne.py --help lists what there is.\n")
    sys.exit(2)


def _action(parser: ArgumentParser, name: str) -> Action:
    return next(action for action in parser._actions if name in (action.dest, *action.option_strings))
