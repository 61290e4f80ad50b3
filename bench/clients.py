"""WebSocket clients by the hundred in one thread, cheap enough to outrun the server they measure."""

import select
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from bench.frames import CLOSE, PING, PONG, TEXT, masked, split
from bench.people import Person

Heard = Callable[["Client", bytes], None]


class Refused(Exception):
    """The server did not open the socket; the message is its first line."""


class Client:
    """One open socket of one person; text frames go to `heard`, `close_code` is set once the server has closed."""

    def __init__(self, person: Person, *, port: int, subprotocol: str = "", receive_buffer: int = 0) -> None:
        self.person = person
        self.heard: Heard = lambda client, payload: None
        self.close_code: int | None = None
        self.number = 0  # its place in a crowd
        self.last: dict[int, int] = {}  # the number of the last message from each author
        self._rest = b""
        self._unsent = b""
        self.raw = socket.socket()
        if receive_buffer:
            self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.raw.settimeout(30)
        self.raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.raw.connect(("127.0.0.1", port))
            self._upgrade(port, subprotocol)
        except BaseException:
            self.raw.close()
            raise
        self.raw.setblocking(False)

    def _upgrade(self, port: int, subprotocol: str) -> None:
        offer = f"Sec-WebSocket-Protocol: {subprotocol}\r\n" if subprotocol else ""
        self.raw.sendall(
            f"GET /ws/chat/{self.person.connection_id}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Origin: http://127.0.0.1:{port}\r\nCookie: {self.person.cookie}\r\n{offer}"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            some = self.raw.recv(65536)
            if not some:
                raise Refused("The server hung up during the handshake.")
            answer += some
        head, _, self._rest = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise Refused(head.split(b"\r\n")[0].decode())

    def send(self, payload: bytes) -> None:
        """Send a text frame; what the kernel does not take now goes out with the next frame sent or received."""
        self._push(masked(payload))

    def receive(self) -> None:
        """Hear every frame that has come."""
        try:
            data = self.raw.recv(262144)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close_code = self.close_code or 1006
            return

        self._take(data)
        if self._unsent:
            self._push(b"")

    def take_rest(self) -> None:
        """Hear what came in one packet with the handshake's answer."""
        self._take(b"")

    def close(self) -> None:
        """Say goodbye and hang up."""
        with suppress(OSError):
            self.raw.send(masked((1000).to_bytes(2, "big"), CLOSE))
        self.raw.close()

    def _take(self, data: bytes) -> None:
        frames, self._rest = split(self._rest + data if self._rest else data)
        for opcode, payload in frames:
            if opcode == TEXT:
                self.heard(self, payload)
            elif opcode == PING:
                self._push(masked(payload, PONG))
            elif opcode == CLOSE:
                self.close_code = int.from_bytes(payload[:2], "big") or 1005

    def _push(self, data: bytes) -> None:
        data = self._unsent + data if self._unsent else data
        try:
            sent = self.raw.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.close_code = self.close_code or 1006
            return
        self._unsent = data[sent:]


class Fleet:
    """Open clients and the loop that serves them."""

    def __init__(self) -> None:
        self.clients: dict[int, Client] = {}
        self._epoll = select.epoll()

    def add(self, client: Client) -> Client:
        """Serve this client from now on."""
        self.clients[client.raw.fileno()] = client
        self._epoll.register(client.raw, select.EPOLLIN)
        client.take_rest()
        return client

    def rest(self, client: Client) -> None:
        """Stop reading from this client, as a browser on a dead link does; `resume` goes on."""
        self._epoll.unregister(client.raw)

    def resume(self, client: Client) -> None:
        """Read from a client that rested."""
        self._epoll.register(client.raw, select.EPOLLIN)

    def serve(self, until: float) -> None:
        """Receive until this moment of `time.monotonic()`; what has come already is received in any case.

        epoll itself waits in whole milliseconds; select on it wakes within some 50 µs of the time asked for.
        """
        while True:
            left = until - time.monotonic()
            if left > 0:
                select.select([self._epoll], [], [], left)
            for number, _ in self._epoll.poll(0):
                client = self.clients[number]
                client.receive()
                if client.close_code is not None:
                    self.drop(client)
            if left <= 0:
                return

    def serve_until(self, done: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Receive until `done`; raises TimeoutError with `what` was waited for."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                raise TimeoutError(f"Waited {seconds:g} s for {what}.")
            self.serve(time.monotonic() + 0.01)

    def drop(self, client: Client) -> None:
        """Hang up."""
        self.clients.pop(client.raw.fileno(), None)
        client.close()

    def close(self) -> None:
        """Hang up on all."""
        for client in list(self.clients.values()):
            self.drop(client)
        self._epoll.close()
