"""One request to a receiver: to a checked address and no other, with an end to everything."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException

from django.utils import timezone
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from digi.webhooks.models import RESPONSE_LENGTH
from digi.webhooks.services import addresses, patience
from digi.webhooks.services.addresses import Refused, Target

CONNECT = 3.0  # seconds for a connection, and as long again for TLS
ANSWER = 8.0  # seconds from the connection to the end of what is read of the answer
_TROUBLE = (HTTPError, HTTPException, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request. `error` is empty for success, else the name of what went wrong.

    `wait` is how long the receiver asks to be left alone.
    """

    status: int | None
    error: str
    milliseconds: int
    response: str = ""
    wait: timedelta = timedelta()


def post(target: Target, *, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Send it. Nothing is followed, sent twice, taken from the environment or kept open.

    Success is any 2xx. Errors: `refused` (an address that the server does not call, or no address at all),
    `unreachable`, `tls`, `timeout`, `broken` (no HTTP), `redirect` and `status`.
    """
    began = time.monotonic()
    status, error, response, wait = None, "", "", timedelta()
    try:
        with _connected(target) as connection, _ended_after(connection, ANSWER) as overdue:
            try:
                status, response, wait = _exchange(connection, target, body, headers, overdue)
                error = _verdict(status)
            except _TROUBLE as trouble:
                late = overdue.is_set() or isinstance(trouble, TimeoutError)
                error = "timeout" if late else "broken"
    except Refused:
        error = "refused"
    except ssl.SSLError:
        error = "tls"
    except NewConnectionError:  # one of its kind is a timeout to urllib3, too
        error = "unreachable"
    except (TimeoutError, ConnectTimeoutError):
        error = "timeout"
    except (HTTPError, OSError, ValueError):  # ValueError: a name that TLS cannot say
        error = "unreachable"
    return Outcome(status, error, round((time.monotonic() - began) * 1000), response, wait)


@contextmanager
def _connected(target: Target) -> Iterator[HTTPConnection]:
    """A connection to the first of the host's addresses that takes one; TLS is checked against the host's name."""
    connection = _connect(target, addresses.checked(target))
    try:
        yield connection
    finally:
        connection.close()


def _connect(target: Target, found: list[str]) -> HTTPConnection:
    *others, last = found
    for address in others:
        with suppress(HTTPError, TimeoutError):  # the next may be reachable: IPv6 often is not
            return _connect_to(target, address)
    return _connect_to(target, last)


def _connect_to(target: Target, address: str) -> HTTPConnection:
    if target.scheme == "https":
        tls = ssl.create_default_context()
        connection: HTTPConnection = HTTPSConnection(
            address, target.port, timeout=CONNECT, server_hostname=target.host, ssl_context=tls
        )
    else:
        connection = HTTPConnection(address, target.port, timeout=CONNECT)
    try:
        connection.connect()
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _ended_after(connection: HTTPConnection, seconds: float) -> Iterator[threading.Event]:
    """Cut the connection when the time is over: a receiver that sends a byte now and then must not hold a sender."""
    overdue = threading.Event()
    link = connection.sock

    def cut() -> None:
        overdue.set()
        if link is not None:
            with suppress(OSError):
                socket.socket.shutdown(link, socket.SHUT_RDWR)  # not TLS's own, which would wait for the other side

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield overdue
    finally:
        timer.cancel()
        timer.join()  # the descriptor may be another connection's after this


def _exchange(
    connection: HTTPConnection, target: Target, body: bytes, headers: Mapping[str, str], overdue: threading.Event
) -> tuple[int, str, timedelta]:
    connection.timeout = ANSWER
    said = {**headers, "Host": target.authority, "Connection": "close"}
    connection.request("POST", target.path, body=body, headers=said, preload_content=False, decode_content=False)
    answer = connection.getresponse()
    if overdue.is_set():  # a head that was cut reads like a whole one
        raise TimeoutError
    found = b""
    with suppress(*_TROUBLE):  # the status says it all; what is wrong with the rest is the receiver's business
        found = answer.read(RESPONSE_LENGTH, decode_content=False)
    wait = patience.asked(answer.headers.get("Retry-After", ""), timezone.now())
    return answer.status, found.decode("utf-8", "replace").replace("\x00", "\ufffd"), wait


def _verdict(status: int) -> str:
    if 200 <= status < 300:
        return ""
    return "redirect" if 300 <= status < 400 else "status"
