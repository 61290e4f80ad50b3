"""Watching a camera from the worker: a viewer by WebSocket that wants every picture, H.264 alone."""

from collections.abc import Generator, Iterator
from typing import Any

from django.conf import settings
from google.protobuf.message import DecodeError
from websockets import Subprotocol
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from camera.camera_pb2 import CODEC_H264, Envelope, FlowAck, Heartbeat, Hello, KeyframeRequest, VideoChunk
from camera.models import Camera
from camera.services import tickets
from digi.realtime.work import job

LARGEST = 8 * 1_048_576  # bytes of a frame
WAIT = 0.5  # seconds without a frame after which the caller has its turn
PROTOCOL = Subprotocol("camera.v1")


class Away(Exception):
    """The server does not answer, or has ended the connection."""


class H264Missing(Exception):
    """The camera makes none."""


def chunks(camera: Camera) -> Generator[VideoChunk | None]:
    """The camera's pictures from a keyframe on, and None at least twice a second where none comes.

    After a gap it goes on with a keyframe. Raises `Away` and `H264Missing`.
    """
    ticket = job(lambda: tickets.issue(camera=camera))
    url = settings.DIGI_INTERNAL_URL.replace("http", "ws", 1) + f"/ws/camera/{camera.slug}/"
    try:
        with connect(
            url,
            subprotocols=[PROTOCOL],
            additional_headers={"Authorization": f"Bearer {ticket}"},
            max_size=LARGEST,
            compression=None,
            proxy=None,
        ) as socket:
            yield from _Viewer(socket).pictures()
    except (OSError, WebSocketException, DecodeError) as error:
        raise Away(f"{type(error).__name__}: {error}") from error


class _Viewer:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._received = 0
        self._next: tuple[int, int] | None = None  # epoch and number of the chunk that goes on where the last one ended

    def pictures(self) -> Iterator[VideoChunk | None]:
        self._socket.recv()  # the bare settings
        self._send(hello=Hello(software="Digi recorder", role="viewer", codecs=[CODEC_H264]))
        while True:
            try:
                frame = self._socket.recv(timeout=WAIT)
            except TimeoutError:
                yield None
                continue
            envelope = Envelope.FromString(frame if isinstance(frame, bytes) else b"")
            if envelope.HasField("video_chunk"):
                yield self._chunk(envelope)
            else:
                self._other(envelope)
                yield None

    def _chunk(self, envelope: Envelope) -> VideoChunk | None:
        """The picture, if it can be decoded after the ones before it."""
        chunk = envelope.video_chunk
        self._received += 1
        self._send(flow_ack=FlowAck(received=self._received))
        if chunk.codec != CODEC_H264:
            return None
        here = (chunk.stream_epoch, chunk.seq)
        if not chunk.keyframe and here != self._next:
            if self._next is not None:
                self._send(keyframe_request=KeyframeRequest())
            self._next = None
            return None
        self._next = (chunk.stream_epoch, chunk.seq + 1)
        return chunk

    def _other(self, envelope: Envelope) -> None:
        if envelope.HasField("heartbeat") and envelope.id:
            answer = Heartbeat(now_us=envelope.heartbeat.now_us, received_us=envelope.heartbeat.now_us)
            self._send(reply_to=envelope.id, heartbeat=answer)
        elif envelope.HasField("capabilities"):
            codecs = envelope.capabilities.codecs
            if codecs and CODEC_H264 not in codecs:
                raise H264Missing

    def _send(self, **fields: Any) -> None:
        self._socket.send(Envelope(**fields).SerializeToString())
