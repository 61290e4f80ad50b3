"""What is wrong with an endpoint or an option, in one line."""

import socket

import pytest
from django.core.exceptions import ImproperlyConfigured
from twisted.internet.error import CannotListenError

from digi.server.command import Command
from digi.server.endpoints import CannotListen, complaint, endpoint
from digi.server.options import check


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("carrier:pigeon", "Unknown endpoint type: 'carrier'"),
        ("tcp:8000:interfce=1", "this is not how Twisted writes an endpoint (_parseTCP() got an unexpected keyword "
         "argument 'interfce')"),
        ("ssl:443:privateKey=/nowhere/key:certKey=/nowhere/chain", "No such file or directory: /nowhere/chain"),
        ("ssl:443:privateKey={bad}:certKey={bad}", "its key or certificate cannot be read, or one does not belong to "
         "the other: both are PEM"),
        ("systemd:domain=INET:index=0", "systemd has passed no socket of this number: it starts the unit that the "
         ".socket file names"),
    ],
)  # fmt: skip
def test_endpoint_that_cannot_be_is_one_sentence(text, reason, tmp_path):
    (tmp_path / "bad.pem").write_text("no key")
    text = text.format(bad=tmp_path / "bad.pem")

    with pytest.raises(CannotListen) as refused:
        endpoint(text)

    assert str(refused.value) == f"at {text}: {reason}."


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (CannotListenError("0.0.0.0", 80, OSError(13, "Permission denied")),
         "Digi cannot listen at 0.0.0.0:80: Permission denied. DIGI_HOST and DIGI_PORT choose another.\n"),
        (FileNotFoundError(2, "No such file or directory", "9", None, b"/nowhere/digi.sock.lock"),
         "Digi cannot listen at -e: No such file or directory: /nowhere/digi.sock.lock.\n"),
        (OSError(9, "Bad file descriptor"), "Digi cannot listen at -e: Bad file descriptor.\n"),
        (OverflowError("bind(): port must be 0-65535."), "Digi cannot listen at -e: bind(): port must be 0-65535.\n"),
    ],
)  # fmt: skip
def test_address_that_is_not_free_is_one_line(error, line):
    assert complaint(error, "-e") == line


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["-v", "7"], "-v is 0, 1, 2 or 3, not 7."),
        (["--proxy-headers-host", "X-Real-IP"], "--proxy-headers-host and --proxy-headers-port need --proxy-headers."),
        (["--proxy-headers"], "--proxy-headers believes whoever connects. DIGI_TRUSTED_PROXIES=1 says that a proxy of "
         "yours does; with it Digi knows the clients' addresses without --proxy-headers, too."),
        (["--access-log", "/nowhere/log"], "--access-log: No such file or directory: /nowhere/log."),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together_are_refused(arguments, reason):
    with pytest.raises(ImproperlyConfigured) as refused:
        check(Command().parser.parse_args(arguments))

    assert str(refused.value) == reason


def test_inherited_unix_socket_is_refused():
    with socket.socket(socket.AF_UNIX) as opened, pytest.raises(ImproperlyConfigured, match=r" is no TCP socket\. "):
        check(Command().parser.parse_args(["--fd", str(opened.fileno())]))


def test_inherited_file_is_refused(tmp_path):
    with (tmp_path / "file").open("w") as file:
        with pytest.raises(ImproperlyConfigured) as refused:
            check(Command().parser.parse_args(["--fd", str(file.fileno())]))

        assert str(refused.value) == f"--fd {file.fileno()}: Socket operation on non-socket."


@pytest.mark.parametrize("arguments", [["-u", "digi.sock"], ["--fd", "3"], ["-e", "systemd:domain=INET:index=0"]])
def test_sockets_that_windows_lacks_are_refused_there(monkeypatch, arguments):
    monkeypatch.setattr("sys.platform", "win32")

    with pytest.raises(ImproperlyConfigured, match=r"^Windows has no such sockets for Python"):
        check(Command().parser.parse_args(arguments))
