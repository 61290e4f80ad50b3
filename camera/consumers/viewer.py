"""A viewer: somebody at a page, or the recorder."""

import time
from functools import partial
from typing import Any

from camera import camera_pb2 as pb
from camera import messages
from camera.chunks import H264, JPEG
from camera.consumers.door import SUBPROTOCOL, CameraSocket
from camera.flow import Flow
from camera.models import Role
from camera.services import entrance
from camera.services.entrance import Wish
from camera.services.states import State
from digi.errors import DigiError, Forbidden, Invalid, Unavailable
from digi.realtime import codes

SOFTWARE = "Digi"
HELLO = 30  # seconds in which a client says hello
SILENCE = 60  # seconds without an acknowledgement, while pictures wait for one
KEYFRAME = 1.0  # seconds between keyframes that one viewer asks for
_CODEC_NAMES = {H264: "h264", JPEG: "jpeg"}


class ViewerConsumer(CameraSocket):
    """Speaks camera.v1: hello, then settings both ways, and pictures as fast as they are shown."""

    subprotocols = (SUBPROTOCOL,)

    def __init__(self) -> None:
        super().__init__()
        self.codec = H264
        self.flow = Flow(self.put)
        self._welcomed = False
        self._heard = time.monotonic()
        self._asked = -KEYFRAME

    @property
    def person(self) -> int | None:
        """Whom it is counted as; the recorder is nobody."""
        return self.asked.user_id

    @property
    def watches(self) -> bool:
        return self.flow.wants_pictures

    def changed(self, before: State, now: State) -> None:
        if now.visibility != before.visibility or now.department_id != before.department_id:
            self.look_again()
        if not self._welcomed:
            return
        if now.capabilities != before.capabilities:
            self.put(now.capabilities_frame)
        if now.changed_frame != before.changed_frame:
            self.put(now.changed_frame)
        if now.ack_frame != before.ack_frame:
            self.put(now.ack_frame)

    def promoted(self) -> None:
        if self._welcomed:
            self._put(hello=self._hello())

    def frame(self, data: bytes) -> pb.Envelope:  # type: ignore[override]
        return messages.parse(data)

    def act(self, frame: pb.Envelope) -> None:
        body = frame.WhichOneof("body")
        if body is None:
            return  # of a later release
        if not self._welcomed and body != "hello":
            raise Invalid("Say hello first.", code="out_of_order")
        match body:
            case "hello":
                self._welcome(frame)
            case "flow_ack":
                self._acknowledged(frame.flow_ack)
            case "set_settings":
                self._set(frame)
            case "keyframe_request":
                self._want_keyframe()
            case "heartbeat":
                self._beat(frame)
            case _:
                raise Forbidden("A viewer does not say this.", code="out_of_order")

    def fail(self, error: DigiError, frame: Any = None) -> None:
        self.put(messages.error(error, reply_to=frame.id if isinstance(frame, pb.Envelope) else 0))

    def inspect(self) -> None:
        silent = time.monotonic() - self._heard
        patience = SILENCE if self._welcomed else HELLO
        if silent > patience and (self.flow.in_flight or not self._welcomed):
            self.close(codes.SLOW)
        elif self._welcomed:
            self._put(heartbeat=pb.Heartbeat(now_us=_micros()))

    @property
    def _stream(self) -> Any:
        return self.stream

    def _welcome(self, frame: pb.Envelope) -> None:
        """Say who they are here and all that stands; a second hello chooses other pictures."""
        makes = self._stream.state.capabilities["codecs"]
        known = [codec for codec in frame.hello.codecs if codec in _CODEC_NAMES]
        if frame.hello.codecs and not known:
            raise Invalid("Pictures are H.264 or JPEG.", code="unknown_codec")
        self.codec = next((codec for codec in known if _CODEC_NAMES[codec] in makes), (known or [H264])[0])
        self._heard = time.monotonic()
        self._put(reply_to=frame.id, hello=self._hello())
        if not self._welcomed:
            self._welcomed = True
            state = self._stream.state
            self.put(state.capabilities_frame)
            self.put(state.changed_frame)
            if state.acked_revision:
                self.put(state.ack_frame)
        self._stream.watch(self)

    def _hello(self) -> pb.Hello:
        state = self._stream.state
        return pb.Hello(
            software=SOFTWARE,
            role=self.role or Role.VIEWER,
            codecs=[self.codec],
            heartbeat_ms=5000,
            max_bytes=self.largest,
            online=state.online,
            since=messages.millis(state.since),
            now=_micros() // 1000,
            reason=state.reason,
        )

    def _acknowledged(self, ack: pb.FlowAck) -> None:
        self._heard = time.monotonic()
        paused = not self.flow.wants_pictures
        self.flow.acknowledge(ack.received, rtt_ms=ack.rtt_ms, paused=ack.paused, fps=self._stream.state.fps)
        if ack.paused != paused:
            self._stream.count() if ack.paused else self._stream.watch(self)

    def _want_keyframe(self) -> None:
        """Once a second: keyframes are large, and everybody else pays for them."""
        now = time.monotonic()
        if now - self._asked >= KEYFRAME:
            self._asked = now
            self._stream.show.want_keyframe()

    def _set(self, frame: pb.Envelope) -> None:
        if self.asked.user_id is None or not self.identity.grants("cameras:write"):
            raise Forbidden("This may only watch.", code="forbidden")
        self.limit("camera_changes", self.asked.user_id)
        wanted = frame.set_settings
        revision = wanted.if_revision or None
        wish = Wish(self.asked.camera_id, self.asked.user_id, messages.values_of(wanted.settings), revision)
        self.hub.writer(entrance.wish).submit(wish, partial(self._answered, frame))

    def _answered(self, frame: pb.Envelope, answer: State | DigiError | BaseException) -> None:
        if self.closed or self.stream is None:
            return
        if isinstance(answer, State):
            self.put(answer.settings_changed(to_viewers=True, reply_to=frame.id))
        elif isinstance(answer, DigiError):
            self.fail(answer, frame)
        else:
            self.fail(Unavailable("This was not stored. Try again."), frame)

    def _beat(self, frame: pb.Envelope) -> None:
        if not frame.reply_to:
            now = _micros()
            self._put(reply_to=frame.id, heartbeat=pb.Heartbeat(now_us=now, received_us=now))

    def _put(self, **fields: Any) -> None:
        self.put(messages.frame(pb.Envelope(**fields)))


def _micros() -> int:
    return time.time_ns() // 1000
