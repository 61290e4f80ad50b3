"""The base of every consumer: a plain receive loop, an orderly way out, limits.

Channels 4.2+ goes through one shared thread at every dispatch (`aclose_old_connections`), so that one slow database
call stalls every socket of the process; this loop does not. Database work goes through the hub's threads.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from channels.consumer import AsyncConsumer
from django.conf import settings
from django.db import DatabaseError

from digi.errors import DigiError, Invalid, RateLimited
from digi.realtime import codes
from digi.realtime.events import Event, SocketsClosed
from digi.realtime.hub import hub
from digi.realtime.limits import Bucket, Strikes
from digi.realtime.outgoing import Outgoing
from digi.realtime.publish import session_topic, user_topic
from digi.realtime.registry import Identity

log = logging.getLogger(__name__)

MAX_BYTES = 131_072
STRIKES = 30  # bad or hurried frames within a minute, before the socket is closed

Message = dict[str, Any]
WRITE, LISTEN = "digi.write", "digi.listen"  # ASGI extensions of Digi's own server; see digi.server.sockets


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))


class Closed(Exception):
    """Raised while a socket opens: it is accepted and closed with `code`, and an error frame before it if given."""

    def __init__(self, code: int, error: DigiError | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.error = error


class Socket(AsyncConsumer):
    """One client. Subclasses say how it opens, how a frame reads, and what is done with it.

    `open` is awaited once and may raise `Closed`; `frame` decodes a text and raises `Invalid`; `act` handles a
    decoded frame and must not wait: slow work goes to a batcher or a task. Errors that `act` raises as `DigiError`
    are told to the client.
    """

    subprotocols: ClassVar[tuple[str, ...]] = ()
    is_of_a_person = True  # whose session or token is looked at every minute

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.closed = False
        self._out: list[bytes] | None = None
        self._slow: Outgoing | None = None
        self._strikes: Strikes | None = None
        self._hurry: Strikes | None = None
        self._bucket: Bucket | None = None

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        self.scope = scope
        self.identity: Identity = scope["identity"]
        self.address = (scope.get("client") or ("",))[0]
        self._send = send
        self.hub = hub()
        extensions = scope.get("extensions") or {}
        self._write: Callable[[bytes], None] | None = extensions.get(WRITE)
        await receive()  # websocket.connect
        try:
            await self._open()
            if LISTEN in extensions and not self.closed:
                extensions[LISTEN](self._read)
            while (message := await receive())["type"] != "websocket.disconnect":
                if not self.closed:
                    self._received(message)
        finally:
            self._detach()
            self.gone()

    # What a subclass fills in.

    async def open(self) -> None:
        raise NotImplementedError

    def frame(self, text: str) -> Any:
        raise NotImplementedError

    def act(self, frame: Any) -> None:
        raise NotImplementedError

    def fail(self, error: DigiError, frame: Any = None) -> None:
        """Tell the client what was wrong."""
        raise NotImplementedError

    def gone(self) -> None:
        """The socket is closed, from whichever side."""

    def heartbeat(self, heads: dict[str, int]) -> None:
        """Every 25 seconds, with the heads of all numbered topics of this process."""

    def compare(self, heads: dict[str, int]) -> None:
        """Every second while the layer is down."""

    def inspect(self) -> None:
        """Every five seconds."""

    def catch_up(self) -> None:
        """A number was missed."""

    # What the hub calls.

    def take(self, event: Event) -> None:
        """Hand the event to the method its type names: `chat.message` to `chat_message`."""
        handler = getattr(self, event.handler, None)
        if handler is not None and not self.closed:
            handler(event)

    def close_for(self, event: SocketsClosed) -> None:
        if not event.within or event.within in self.topics:
            self.close(event.code)

    # What a subclass uses.

    def join(self, topic: str) -> None:
        self.topics.add(topic)
        self.hub.join(topic, self)

    def leave(self, topic: str) -> None:
        self.topics.discard(topic)
        self.hub.leave(topic, self)

    def put(self, frame: bytes) -> None:
        """Queue a frame of `wire.text_frame`; what one turn of the loop puts leaves in order and together."""
        if self.closed:
            return
        if self._out is None:
            self._out = [frame]
            self.hub.flush_soon(self)
        else:
            self._out.append(frame)

    def flush(self) -> None:
        """Send what was put."""
        frames, self._out = self._out, None
        if frames is None:
            return
        if self._write is not None:
            self._write(frames[0] if len(frames) == 1 else b"".join(frames))
        elif not self._outgoing().put(frames):
            self.close(codes.SLOW)

    def close(self, code: int) -> None:
        """Close after what is already queued; nothing is received or sent from now on."""
        if self.closed:
            return
        self._detach()
        self.flush()
        self.closed = True
        self._outgoing().close(code)

    def strike(self, error: DigiError, frame: Any = None) -> None:
        """A bad frame: an error, and after thirty in a minute the door."""
        self._strikes = self._strikes or Strikes()
        if self._strikes.add() >= STRIKES:
            self.close(codes.BAD_FRAMES)
        else:
            self.fail(error, frame)

    def limit(self, name: str, who: object) -> None:
        """Raise `RateLimited` if `who` is faster than DIGI_LIMITS[name]."""
        wait = self.hub.buckets.take(name, who)
        if wait:
            raise RateLimited("Too fast.", retry_after=round(wait, 2))

    async def accept(self) -> None:
        if self.closed:  # an order to close came while it opened
            return
        offered = self.scope.get("subprotocols") or ()
        chosen = next((name for name in self.subprotocols if name in offered), None)
        await self._send({"type": "websocket.accept", "subprotocol": chosen})

    # The inside.

    async def _open(self) -> None:
        self.hub.open[self] = None
        self.join(user_topic(self.identity.user_id))
        self.join(session_topic(self.identity.credential))
        try:
            if not self.hub.buckets.lifted and self._count() > settings.DIGI_LIMIT_SOCKETS:
                raise Closed(codes.TOO_MANY)
            await self.open()
        except Closed as closed:
            await self.accept()
            if closed.error is not None:
                self.fail(closed.error)
            self.close(closed.code)
        except Exception as error:  # a database that does not answer; the client comes again
            log.error("a socket was not opened: %r", error, exc_info=not isinstance(error, DatabaseError))
            self.close(codes.TRY_AGAIN)

    def _count(self) -> int:
        return sum(1 for _ in self.hub.sockets(user_topic(self.identity.user_id)))

    def _received(self, message: Message) -> None:
        text = message.get("text")
        self._read(b"" if text is None else text)

    def _read(self, text: str | bytes) -> None:
        if self.closed:
            return
        if isinstance(text, bytes):
            self.strike(Invalid("Frames are text.", code="bad_frame"))
            return
        if _size(text) > MAX_BYTES:
            self.close(codes.TOO_LARGE)
            return
        try:
            frame = self.frame(text)
        except Invalid as error:
            self.strike(error)
            return
        self._answer(frame)

    def _answer(self, frame: Any) -> None:
        try:
            self._hold_back()
            self.act(frame)
        except RateLimited as error:
            self._hurry = self._hurry or Strikes()
            if self._hurry.add() >= STRIKES:
                self.fail(error, frame)
                self.close(codes.RATE)
            else:
                self.fail(error, frame)
        except DigiError as error:
            self.strike(error, frame)

    def _hold_back(self) -> None:
        if self.hub.buckets.lifted:
            return
        if self._bucket is None:
            self._bucket = Bucket(settings.DIGI_LIMITS["frames"])
        wait = self._bucket.take()
        if wait:
            raise RateLimited("Too fast.", retry_after=round(wait, 2))
        self.limit("address", self.address)

    def _detach(self) -> None:
        self.hub.open.pop(self, None)
        for topic in self.topics:
            self.hub.leave(topic, self)
        self.topics.clear()

    def _outgoing(self) -> Outgoing:
        if self._slow is None:
            self._slow = Outgoing(self._send)
        return self._slow
