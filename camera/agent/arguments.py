"""What `python -m camera.agent` is told, by its command line and its environment."""

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from camera.agent.sources import Source, opened

_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - not bound: where a server listens so, it answers on loopback


@dataclass(frozen=True)
class Arguments:
    address: str  # of the socket, ws:// or wss://
    token: Callable[[], str]  # read before every attempt, so that a file may hold a new one; empty: not there yet
    source: Source


def read(words: Sequence[str] | None = None) -> Arguments:
    """Parse the command line, or leave with status 2 and a sentence."""
    parser = argparse.ArgumentParser(prog="python -m camera.agent", description=__doc__ and "Sends a camera to Digi.")
    parser.add_argument("--server", default=_here(), help="address of the server (default: %(default)s)")
    parser.add_argument("--camera", default="default", help="the camera's short name (default: %(default)s)")
    parser.add_argument("--token", default=os.environ.get("DIGI_CAMERA_TOKEN", ""), help="or DIGI_CAMERA_TOKEN")
    parser.add_argument("--token-file", type=Path, help="a file that holds it; it may come later")
    parser.add_argument("--source", default="clock", help="clock, lavfi:…, file:…, v4l2:/dev/…, rtsp://…, picamera2")
    found = parser.parse_args(words)
    if not (found.token or found.token_file):
        parser.error("a token is needed: --token, --token-file or DIGI_CAMERA_TOKEN")
    try:
        return Arguments(
            address=socket_address(found.server, found.camera),
            token=_token_of(found.token, found.token_file),
            source=opened(found.source),
        )
    except ValueError as error:
        parser.error(str(error))


def socket_address(server: str, camera: str) -> str:
    """Where the camera's socket is. Raises ValueError for what is no http, https, ws or wss address."""
    scheme, separator, rest = server.partition("://")
    schemes = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
    if scheme not in schemes or not separator or not rest.strip("/"):
        raise ValueError(f"{server!r} is no address such as https://digi.example")
    return f"{schemes[scheme]}://{rest.rstrip('/')}/ws/camera/{camera}/"


def _here() -> str:
    """The server on this machine, as `make run` starts it."""
    host = os.environ.get("DIGI_HOST", "")
    return f"http://{'127.0.0.1' if host in _EVERYWHERE else host}:{os.environ.get('DIGI_PORT') or 8000}"


def _token_of(token: str, path: Path | None) -> Callable[[], str]:
    def read_token() -> str:
        if token or path is None:
            return token
        try:
            return path.read_text(encoding="ascii", errors="replace").strip()
        except OSError:
            return ""

    return read_token
