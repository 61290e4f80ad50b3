"""Every option of Daphne's command line: what it does under Digi, and that docs/operations.md has a line on it."""

import re
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from tests.client import ask
from tests.digi.serving.recipes import OPERATIONS, recipes
from tests.servers import ROOT, DaphneServer, Process, free_port

APPLICATION = "tests.digi.server.application:application"
OPTIONS = (
    "-b 127.0.0.1 -p {port} -v 2 -t 3 --ping-interval 1 --ping-timeout 5 --websocket_timeout 10"
    " --websocket_connect_timeout 3 --websocket-max-message-size 2000 --websocket-max-frame-size 1000"
    " --application-close-timeout 1 --root-path /below --proxy-headers --proxy-headers-host X-Real-IP"
    " --proxy-headers-port X-Real-Port --server-name teapot"
)
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
PING = b"\x89"


def options_of(*program: str) -> set[str]:
    """The long names, or the only ones, of what `--help` lists."""
    shown = subprocess.run([sys.executable, *program, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = re.findall(r"^  (-.*?)(?:  |$)", shown.stdout, re.MULTILINE)
    return {re.findall(r"--?[\w-]+", line)[-1] for line in lines}


@pytest.mark.parametrize("program", [("-m", "daphne"), ("run_daphne.py",)], ids=["daphne", "run_daphne.py"])
def test_every_option_has_a_line_in_the_documentation_and_a_test(program):
    page = OPERATIONS.read_text()
    tests = "".join(path.read_text() for path in (ROOT / "tests" / "digi").rglob("test_*.py"))

    options = options_of(*program)

    assert {"--port", "--fd", "--no-server-name"} < options
    assert {option for option in options if not re.search(rf"^\| `[^|]*{option}[` ]", page, re.MULTILINE)} == set()
    short = {"--port": "-p", "--bind": "-b", "--unix-socket": "-u", "--endpoint": "-e", "--verbosity": "-v"}
    short["--http-timeout"] = "-t"
    named = {option: rf"[\" ]({option}|{short.get(option, option)})[\" ]" for option in options}
    assert {option for option, pattern in named.items() if not re.search(pattern, tests)} == set()


def test_every_way_of_serving_names_a_test_that_takes_its_command():
    tests = ROOT / "tests" / "digi" / "serving"

    idle = [way for way, (_, test) in recipes().items() if f'"{way}"' not in (tests / test).read_text()]

    assert len(recipes()) == 14
    assert idle == []


@pytest.fixture
def server(db, tmp_path):
    command = [sys.executable, "run_daphne.py", *OPTIONS.split(), "--access-log", str(tmp_path / "log"), APPLICATION]
    with DaphneServer(command=command, DIGI_TRUSTED_PROXIES="1") as started:
        yield started


def test_options_do_under_digi_what_they_say(server, tmp_path):
    with ExitStack() as open_links:
        lasting = open_links.enter_context(connect(f"{server.socket_url}/", proxy=None))
        deaf = open_links.enter_context(socket.create_connection(("127.0.0.1", server.port), 30))
        deaf.sendall(HANDSHAKE)
        with connect(f"{server.socket_url}/clings", proxy=None):
            pass

        forwarded = {"X-Real-IP": "192.0.2.9", "X-Real-Port": "4711", "X-Forwarded-Proto": "https"}
        seen = ask("GET", f"{server.url}/scope", headers=forwarded)
        slow = ask("GET", f"{server.url}/slow/20")
        with pytest.raises(InvalidHandshake), connect(f"{server.socket_url}/never", proxy=None):
            pass
        sizes = [_may_say(server, message) for message in (["x" * 1000] * 2, "x" * 1001, ["x" * 900] * 3)]
        with pytest.raises(ConnectionClosed):  # --websocket_timeout
            lasting.recv(timeout=30)
        heard = b""
        with suppress(ConnectionResetError):  # --ping-timeout
            while part := deaf.recv(1000):
                heard += part

    known = {"client": ["192.0.2.9", 4711], "scheme": "https", "root_path": "/below", "http_version": "1.1"}
    assert seen.json() == known
    assert seen.headers["Server"] == "teapot"
    assert slow.status == 503
    assert sizes == [True, False, False]
    assert PING in heard.partition(b"\r\n\r\n")[2]
    _wait_until(lambda: "took too long to shut down and was killed" in server.output())
    assert '"GET /scope" 200' in (tmp_path / "log").read_text()
    assert '"GET /scope"' not in server.output()


def _may_say(server, message) -> bool:
    """Does a socket live on after a message, a text or a list of its fragments?"""
    try:
        with connect(f"{server.socket_url}/", proxy=None) as link:
            link.send(message)
            link.send("answer me")
            return link.recv(timeout=20) == "here"
    except ConnectionClosed:
        return False


def _wait_until(holds, seconds=30):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


class Quiet(Process):
    """Plain Daphne, saying as little as it can."""

    def __init__(self) -> None:
        self.port = free_port()
        options = ["-v", "0", "--no-server-name", "--log-fmt", "said: %(message)s", "-p", str(self.port), APPLICATION]
        super().__init__([sys.executable, "-m", "daphne", *options], name="quiet")

    def answers(self) -> bool:
        try:
            return ask("GET", f"http://127.0.0.1:{self.port}/").status == 200
        except OSError:
            return False


def test_quiet_server_writes_nothing_and_does_not_name_itself(db):
    with Quiet() as server:
        answer = ask("GET", f"http://127.0.0.1:{server.port}/")

    assert "Server" not in answer.headers
    assert server.output() == ""


def run_daphne(*arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "run_daphne.py", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


def test_help_says_how_to_listen_and_where_settings_are():
    status, text, _ = run_daphne("-h")

    assert status == 0
    for word in ("run_daphne.py -e unix:", "run_daphne.py -e ssl:", "--workers 4", "DIGI_PORT", ".env.example"):
        assert word in text
    assert "docs/operations.md" in text


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        (
            ["-e", "ssl:1:privateKey=/nowhere/key.pem:certKey=/nowhere/chain.pem"], 1,
            "Digi cannot listen at ssl:1:privateKey=/nowhere/key.pem:certKey=/nowhere/chain.pem: "
            "No such file or directory: /nowhere/chain.pem.\n",
        ),
        (["digi.asgi:nothing"], 1, "Digi does not start: there is no application digi.asgi:nothing: "
         "module 'digi.asgi' has no attribute 'nothing'.\n"),
        (["-p", "eighty"], 2, "Digi does not start: argument -p/--port: invalid int value: 'eighty'. "
         "run_daphne.py --help lists what there is.\n"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line(arguments, status, complaint):
    assert run_daphne(*arguments) == (status, "", complaint)
