"""An agent: the program beside the lens. One publishes at a time, and the newest wins."""

import time
from typing import Any

from django.conf import settings

from camera import camera_pb2 as pb
from camera import messages
from camera.chunks import H264, JPEG, Chunk, Malformed, peek
from camera.consumers.door import SUBPROTOCOL, CameraSocket, nothing
from camera.order import Order
from camera.services import entrance
from camera.services.entrance import Agency, Answer, Arrival, Departure
from camera.services.states import State
from camera.services.tokens import agent_topic
from digi.errors import Conflict, DigiError, Forbidden, Invalid
from digi.realtime import codes
from digi.realtime.sockets import Closed

SILENCE = 15  # seconds without a word of the agent, after which the line is taken for dead
_CODEC_NAMES: dict[int, str] = {H264: "h264", JPEG: "jpeg"}
_WIDEST = 2**63  # what the database counts to


class AgentConsumer(CameraSocket):
    """Speaks camera.v1: hello, capabilities, then pictures and what became of the settings."""

    subprotocols = (SUBPROTOCOL,)
    volume = "camera_bytes"

    def __init__(self) -> None:
        super().__init__()
        self.run = 0
        self._hello = False
        self._able: dict[str, Any] | None = None
        self._order = Order()
        self._heard = time.monotonic()

    async def open(self) -> None:
        if SUBPROTOCOL not in (self.scope.get("subprotocols") or ()):
            raise Closed(codes.FORBIDDEN)
        self.join(agent_topic(self._token))
        await super().open()
        self.widen(settings.DIGI_LIMIT_CHUNK)

    @property
    def _token(self) -> int:
        return int(getattr(self.identity, "token_id", 0))

    @property
    def _agency(self) -> Agency:
        return Agency(self.asked.camera_id, self._token, self.run)

    def _may_come(self) -> bool:
        return True  # the token was looked at, and is this camera's

    def left(self) -> None:
        if self.run:
            self.hub.helper(entrance.leave).submit(Departure(self._agency, "gone"), nothing)

    def changed(self, before: State, now: State) -> None:
        if self.run and now.order_frame != before.order_frame:
            self.put(now.order_frame)

    def frame(self, data: bytes) -> Chunk | pb.Envelope:  # type: ignore[override]
        try:
            chunk = peek(data)
            if chunk is not None:
                return chunk
            envelope = messages.parse(data)
            if envelope.WhichOneof("body") != "video_chunk":
                return envelope
            alone = peek(pb.Envelope(video_chunk=envelope.video_chunk).SerializeToString())
        except Malformed as error:
            raise Invalid("This is not a picture.", code="bad_frame") from error
        assert alone is not None  # noqa: S101 - it begins with a picture
        return alone

    def act(self, frame: Chunk | pb.Envelope) -> None:
        self._heard = time.monotonic()
        if isinstance(frame, Chunk):
            self._publish(frame)
            return
        body = frame.WhichOneof("body")
        if body is None:
            return  # of a later release
        if not self._hello and body != "hello":
            raise Invalid("Say hello first.", code="out_of_order")
        match body:
            case "hello":
                self._welcome(frame)
            case "capabilities":
                self._arrive(frame.capabilities)
            case "settings_ack":
                self._acknowledged(frame.settings_ack)
            case "stats":
                self._measured(frame.stats)
            case "heartbeat":
                self._beat(frame)
            case "error":
                pass  # what it could not read is in its own log
            case _:
                raise Forbidden("An agent does not say this.", code="out_of_order")

    def fail(self, error: DigiError, frame: Any = None) -> None:
        self.put(messages.error(error, reply_to=frame.id if isinstance(frame, pb.Envelope) else 0))

    def inspect(self) -> None:
        if time.monotonic() - self._heard > SILENCE:
            self.close(codes.SLOW)
        elif self._hello:
            self._put(heartbeat=pb.Heartbeat(now_us=_micros()))

    def taken_over(self) -> None:
        """A newer agent publishes; this one goes."""
        if not self.closed:
            self.fail(Conflict("Another agent publishes this camera now.", code="taken_over"))
            self.close(codes.TAKEN_OVER)

    def stay(self) -> None:
        """Say in the database that it is still here."""
        self.hub.writer(entrance.stay).submit(self._agency, self._stayed)

    def _stayed(self, stands: bool | BaseException) -> None:
        if stands is False:
            self.taken_over()
        elif stands is True and self.stream is not None and not self.stream.state.online:
            self.stream.read()  # a sign of it came late, and the camera was taken for dead

    def _welcome(self, frame: pb.Envelope) -> None:
        if self._hello:
            raise Invalid("Hello was said.", code="out_of_order")
        self._hello = True
        now = _micros() // 1000
        word = pb.Hello(software="Digi", role="agent", heartbeat_ms=5000, max_bytes=self.largest, now=now)
        self._put(reply_to=frame.id, hello=word)

    def _arrive(self, word: pb.CameraCapabilities) -> None:
        self.limit("camera_changes", self.identity.user_id)
        able = messages.capabilities_of(word)
        self._able = able
        self.hub.writer(entrance.arrive).submit(Arrival(self._agency, able), self._arrived)

    def _arrived(self, state: State | BaseException | None) -> None:
        if self.closed or self.stream is None:
            return
        if isinstance(state, BaseException):  # a database that does not answer; it comes again
            self.close(codes.TRY_AGAIN)
        elif state is None:
            self.close(codes.FORBIDDEN)
        else:
            self.run = state.run
            self.stream.adopt(state)
            self.put(state.order_frame)
            self.stream.publish_by(self, state.run)

    def _publish(self, chunk: Chunk) -> None:
        if self._able is None:
            raise Invalid("Say first what the camera can do.", code="out_of_order")
        if _CODEC_NAMES.get(chunk.codec) not in self._able["codecs"]:
            raise Invalid("The camera did not say that it makes such pictures.", code="unknown_codec")
        self._order.check(chunk)
        if self.stream is not None and self.stream.agent is self:
            self.stream.publish(chunk)

    def _acknowledged(self, ack: pb.SettingsAck) -> None:
        if not self.run or ack.first_frame_seq >= _WIDEST or ack.revision >= _WIDEST:
            raise Invalid("Nothing was asked yet.", code="out_of_order")
        self.limit("camera_changes", self.identity.user_id)
        answer = Answer(
            camera_id=self.asked.camera_id,
            revision=ack.revision,
            applied=messages.applied_of(ack.applied),
            outcomes=messages.outcomes_of(ack),
            first_frame_seq=ack.first_frame_seq,
            stream_epoch=ack.stream_epoch,
        )
        self.hub.writer(entrance.answer).submit(answer, nothing)

    def _measured(self, stats: pb.Stats) -> None:
        if self.stream is not None and self.stream.agent is self:
            self.stream.measured(stats)

    def _beat(self, frame: pb.Envelope) -> None:
        if not frame.reply_to:
            now = _micros()
            self._put(reply_to=frame.id, heartbeat=pb.Heartbeat(now_us=now, received_us=now))

    def _put(self, **fields: Any) -> None:
        self.put(messages.frame(pb.Envelope(**fields)))


def _micros() -> int:
    return time.time_ns() // 1000
