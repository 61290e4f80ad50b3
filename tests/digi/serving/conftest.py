"""Alice and Bob share a room; servers of all kinds; a certificate for this machine."""

import datetime as dt
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chat.services import rooms
from tests.servers import ROOT, DaphneServer
from tests.visitor import Visitor


@dataclass
class Certificate:
    """`key.pem` and `chain.pem` in `folder`; `chain` is what visitors trust."""

    folder: Path

    @property
    def chain(self) -> Path:
        return self.folder / "chain.pem"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> Certificate:
    """For localhost and 127.0.0.1, signed by itself."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1)
    )
    signed = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "chain.pem").write_bytes(signed.public_bytes(pem))
    return Certificate(folder)


class Served(DaphneServer):
    """A server that is there once a visitor of it gets an answer."""

    def __init__(self, command: list[str], *, visitor: Callable[[], Visitor], **environment: str) -> None:
        super().__init__(command=[part.replace("{", "{{") for part in command], **environment)
        self.visitor = visitor

    def answers(self) -> bool:
        visitor = self.visitor()
        if visitor.unix and not _is_open(visitor.unix):
            return False
        try:
            return visitor.ask("GET", "/healthz").status_code == 200
        except httpx.TransportError:
            return False


def _is_open(path: str) -> bool:
    """httpx leaves a socket open where a UNIX socket refuses it."""
    with socket.socket(socket.AF_UNIX) as link:
        return link.connect_ex(path) == 0


@pytest.fixture
def room(transactional_db, person):
    """Alice's and Bob's."""
    return rooms.open_pair(by=person("alice"), other=person("bob"))[0]


@pytest.fixture
def serve(room) -> Iterator[Callable[..., Served]]:
    """Start a command for this test alone: `serve(["daphne", …], visitor=…)`; variables by keyword."""
    started: list[Served] = []

    def start(command: list[str], *, descriptors: tuple[int, ...] = (), **options) -> Served:
        server = Served(command, **options)
        server.descriptors = descriptors
        started.append(server)
        return server.start()

    yield start
    for server in reversed(started):
        server.stop()


@pytest.fixture(scope="session")
def collected(tmp_path_factory) -> Path:
    """Static files as production has them; without those of the admin and of the API's pages."""
    folder = tmp_path_factory.mktemp("static")
    left_out = ["-i", "admin", "-i", "drf_spectacular_sidecar", "-i", "rest_framework"]
    command = [sys.executable, "scripts/collect_static.py", *left_out]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DIGI_STATIC_ROOT": str(folder)}, check=True)
    return folder


@pytest.fixture
def production(collected) -> Callable[..., dict[str, str]]:
    """The variables of a server whose pages come from an address: `production("https://localhost:8443")`."""

    def variables(*urls: str) -> dict[str, str]:
        return {
            "DIGI_DEBUG": "0",
            "DIGI_ALLOWED_HOSTS": "localhost",
            "DIGI_PUBLIC_ORIGINS": ",".join(urls),
            "DIGI_STATIC_ROOT": str(collected),
        }

    return variables
