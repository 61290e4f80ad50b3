"""One request: to the checked address alone, over checked TLS, with an end to everything; and what is made of it."""

import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from digi.environment import Places
from digi.webhooks.services import addresses, calling
from digi.webhooks.services.addresses import Target, parsed
from tests.digi.webhooks.receiver import Receiver
from tests.servers import free_port

real = socket.getaddrinfo


def names(table):
    """A resolver with names of ours; each takes the next of its answers, and keeps the last."""
    asked = []

    def look_up(host, port, *args, **more):
        if host not in table:
            return real(host, port, *args, **more)
        asked.append(host)
        found = table[host].pop(0) if len(table[host]) > 1 else table[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    look_up.asked = asked
    return look_up


def post(url: str, **more):
    return calling.post(parsed(url), body=b"{}", headers={"X-Test": "1"} | more)


def test_request_says_what_it_should_and_no_more(receiver):
    outcome = post(receiver.url)

    (arrival,) = receiver.arrivals
    assert (outcome.status, outcome.error, outcome.response) == (200, "", "thanks")
    assert (arrival.path, arrival.body) == ("/hook?from=digi", b"{}")
    assert arrival.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "x-test": "1",
        "connection": "close",
        "accept-encoding": "identity",
        "content-length": "2",
        "user-agent": arrival.headers["user-agent"],
    }


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, ""),
        (202, ""),
        (204, ""),
        (299, ""),
        (301, "redirect"),
        (307, "redirect"),
        (400, "status"),
        (503, "status"),
    ],
)
def test_success_is_any_2xx_and_nothing_else(receiver, status, error):
    receiver.statuses = [status]

    outcome = post(receiver.url)

    assert (outcome.status, outcome.error) == (status, error)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(receiver, status):
    inside = Receiver()
    receiver.statuses, receiver.headers = [status], {"Location": inside.url}

    outcome = post(receiver.url)
    inside.close()

    assert (outcome.status, outcome.error, inside.arrivals, len(receiver.arrivals)) == (status, "redirect", [], 1)


def test_proxies_of_the_environment_are_not_used(receiver, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert post(receiver.url).status == 200


def test_answer_is_kept_up_to_a_kib_and_not_unpacked(receiver):
    receiver.text, receiver.headers = b"\x00\xff" + b"a" * 5000, {"Content-Encoding": "gzip"}

    outcome = post(receiver.url)

    assert outcome.response == "\ufffd\ufffd" + "a" * 1022


def test_answer_that_is_not_http_is_broken(receiver):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_answer_once, args=(server, b"SSH-2.0-OpenSSH_9.2\r\n"))
        thread.start()
        outcome = post(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()

    assert (outcome.status, outcome.error) == (None, "broken")


def _answer_once(server, said: bytes) -> None:
    link, _ = server.accept()
    with link:
        link.recv(4096)
        link.sendall(said)


def test_nobody_there_is_unreachable():
    outcome = post(f"http://127.0.0.1:{free_port()}/")

    assert (outcome.status, outcome.error) == (None, "unreachable")


def test_receiver_that_says_nothing_is_left(receiver, monkeypatch):
    monkeypatch.setattr(calling, "ANSWER", 0.3)
    receiver.answers.clear()

    outcome = post(receiver.url)

    assert (outcome.status, outcome.error) == (None, "timeout")
    assert 250 <= outcome.milliseconds < 7000


def test_receiver_that_sends_a_byte_now_and_then_is_left_too(monkeypatch):
    monkeypatch.setattr(calling, "ANSWER", 0.5)
    over = threading.Event()

    def drip(server):
        link, _ = server.accept()
        with link:
            link.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not over.wait(0.05):
                try:
                    link.sendall(b"a")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        outcome = post(f"http://127.0.0.1:{server.getsockname()[1]}/")
        over.set()
        thread.join()

    assert (outcome.status, outcome.error) == (None, "timeout")
    assert outcome.milliseconds < 7000  # of the 8 s that it would have had


def test_status_counts_where_the_rest_never_comes():
    with socket.create_server(("127.0.0.1", 0)) as server:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
        thread = threading.Thread(target=_answer_once, args=(server, head))
        thread.start()
        outcome = post(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()

    assert (outcome.status, outcome.error) == (200, "")


# Names


def test_name_is_looked_up_once_and_the_connection_goes_where_the_check_was(receiver, monkeypatch):
    """DNS rebinding: the second answer of the resolver must not matter."""
    look_up = names({"hooks.example": [["127.0.0.1"], ["127.0.0.9"]]})
    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    outcome = post(f"http://hooks.example:{receiver.port}/")

    assert outcome.status == 200
    assert look_up.asked == ["hooks.example"]
    assert receiver.arrivals[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_name_that_moves_inside_is_refused_at_the_next_attempt(receiver, monkeypatch, settings):
    settings.DIGI_WEBHOOK_INTERNAL = Places(networks=(addresses.ip_network("127.0.0.1/32"),))
    monkeypatch.setattr(socket, "getaddrinfo", names({"hooks.example": [["127.0.0.1"], ["127.0.0.2"]]}))
    target = f"http://hooks.example:{receiver.port}/"

    first, second = post(target), post(target)

    assert (first.status, second.status, second.error) == (200, None, "refused")
    assert len(receiver.arrivals) == 1


def test_next_address_is_tried_where_one_does_not_answer(receiver, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", names({"hooks.example": [["127.0.0.9", "127.0.0.1"]]}))

    assert post(f"http://hooks.example:{receiver.port}/").status == 200


def test_loopback_is_not_called_unless_the_operator_says_so(receiver, settings):
    settings.DIGI_WEBHOOK_INTERNAL = Places()

    for host in ("localhost", "127.0.0.1", "127.1"):
        outcome = calling.post(Target("http", host, receiver.port, "/"), body=b"", headers={})
        assert (outcome.status, outcome.error) == (None, "refused")
    assert receiver.arrivals == []


# TLS


@pytest.fixture
def secure(tmp_path, monkeypatch):
    """A receiver with a certificate for hooks.example, which the system trusts and the resolver finds here."""
    path = tmp_path / "certificate.pem"
    path.write_bytes(_certificate("hooks.example"))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    table = {"hooks.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]}
    monkeypatch.setattr(socket, "getaddrinfo", names(table))
    made = Receiver(certificate=str(path))
    yield made
    made.close()


def _certificate(host: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    return key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem)


def test_tls_is_checked_against_the_hosts_name(secure):
    outcome = post(f"https://hooks.example:{secure.port}/x")

    assert (outcome.status, outcome.error) == (200, "")
    assert secure.arrivals[0].headers["host"] == f"hooks.example:{secure.port}"


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_certificate_of_another_name_is_refused(secure, host):
    outcome = post(f"https://{host}:{secure.port}/")

    assert (outcome.status, outcome.error, secure.arrivals) == (None, "tls", [])


def test_certificate_that_nobody_trusts_is_refused(secure, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")

    outcome = post(f"https://hooks.example:{secure.port}/")

    assert (outcome.status, outcome.error, secure.arrivals) == (None, "tls", [])


def test_handshake_that_does_not_end_is_left(monkeypatch):
    monkeypatch.setattr(calling, "CONNECT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        began = time.monotonic()
        outcome = post(f"https://127.0.0.1:{server.getsockname()[1]}/")

    assert (outcome.status, outcome.error) == (None, "timeout")
    assert time.monotonic() - began < 7  # nothing else would have ended it


def test_old_tls_is_not_spoken():
    assert ssl.create_default_context().minimum_version >= ssl.TLSVersion.TLSv1_2
