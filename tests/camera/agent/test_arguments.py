import os
import subprocess
import sys

import pytest

from camera.agent.arguments import read, socket_address


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    for name in ("DIGI_HOST", "DIGI_PORT", "DIGI_CAMERA_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ("http://localhost:8000", "ws://localhost:8000/ws/camera/lab/"),
        ("https://digi.example/", "wss://digi.example/ws/camera/lab/"),
        ("wss://digi.example/below", "wss://digi.example/below/ws/camera/lab/"),
    ],
)
def test_address_of_the_socket(server, address):
    assert socket_address(server, "lab") == address


@pytest.mark.parametrize("server", ["localhost:8000", "ftp://digi.example", "http://", ""])
def test_address_of_something_else_is_refused(server):
    with pytest.raises(ValueError, match="is no address"):
        socket_address(server, "lab")


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("", "", "ws://127.0.0.1:8000/ws/camera/default/"),
        ("0.0.0.0", "9000", "ws://127.0.0.1:9000/ws/camera/default/"),
        ("10.0.0.5", "9000", "ws://10.0.0.5:9000/ws/camera/default/"),
    ],
)
def test_server_of_this_machine_is_the_default(monkeypatch, host, port, address):
    monkeypatch.setenv("DIGI_HOST", host)
    monkeypatch.setenv("DIGI_PORT", port)

    assert read(["--token", "t"]).address == address


def test_token_is_taken_from_the_environment(monkeypatch):
    monkeypatch.setenv("DIGI_CAMERA_TOKEN", "dgc_environment")

    assert read([]).token() == "dgc_environment"


def test_token_file_is_read_every_time(tmp_path):
    path = tmp_path / "token"
    token = read(["--token-file", str(path)]).token

    before = token()
    path.write_text("dgc_file\n")

    assert (before, token()) == ("", "dgc_file")


@pytest.mark.parametrize("words", [[], ["--token", "t", "--source", "what"], ["--token", "t", "--server", "here"]])
def test_wrong_command_line_is_a_sentence(words, capsys):
    with pytest.raises(SystemExit) as left:
        read(words)

    assert left.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_agent_needs_no_django():
    check = "import sys, camera.agent.__main__; print(*{name.partition('.')[0] for name in sys.modules}, sep='\\n')"

    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True, env={**os.environ})

    assert {"django", "digi", "channels", "numpy"} & set(done.stdout.split()) == set()
    assert {"av", "google", "websockets"} <= set(done.stdout.split())
