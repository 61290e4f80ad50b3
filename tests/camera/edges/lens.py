"""An agent for tests: real H.264 in real time, by a socket of a running server. Its sizes change when it is told."""

import threading
import time
from contextlib import suppress
from fractions import Fraction

import av
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from camera import camera_pb2 as pb

FPS = 25
GOP = 13  # pictures: about half a second

Unit = tuple[bytes, bool]


def units(count: int, size: tuple[int, int] = (320, 240)) -> list[Unit]:
    """Access units in Annex B, each with whether it is a keyframe; the picture moves."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = size
    encoder.pix_fmt, encoder.time_base = "yuv420p", Fraction(1, FPS)
    parameters = f"keyint={GOP}:min-keyint={GOP}:scenecut=0:repeat-headers=1:annexb=1"
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline", "x264-params": parameters}
    made = []
    for n in range(count):
        frame = av.VideoFrame(*size, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([(n * 5) % 256]) * plane.buffer_size)
        frame.pts = n
        made += [(bytes(packet), packet.is_keyframe) for packet in encoder.encode(frame)]
    return made


class Lens:
    """`with Lens(server.socket_url, token, "lab-1")`: publishes until the end of the block."""

    def __init__(self, url: str, token: str, slug: str, *, codec: int = pb.CODEC_H264) -> None:
        self._url = f"{url}/ws/camera/{slug}/"
        self._token = token
        self._codec = codec
        self._sizes = {size: units(GOP * 4, size) for size in ((320, 240), (160, 120))}
        self.size = (320, 240)
        self._over = threading.Event()
        self._there = threading.Event()
        self._thread = threading.Thread(target=self._publish, daemon=True)

    def __enter__(self) -> "Lens":
        self._thread.start()
        assert self._there.wait(30)
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join(30)

    def _publish(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        way = connect(self._url, subprotocols=["camera.v1"], additional_headers=headers)
        with suppress(ConnectionClosed), way as socket:  # a server that ends is no fault of the lens
            socket.recv()
            self._say(socket, id=1, hello=pb.Hello(role="agent", codecs=[self._codec]))
            modes = [pb.Mode(width=width, height=height, max_fps=60) for width, height in self._sizes]
            self._say(socket, capabilities=pb.CameraCapabilities(codecs=[self._codec], modes=modes, model="lens"))
            threading.Thread(target=self._listen, args=(socket,), daemon=True).start()
            epoch = 0
            while not self._over.is_set():
                epoch += 1
                self._run(socket, epoch)

    def _run(self, socket, epoch: int) -> None:
        """One epoch: pictures of one size, over and over."""
        size, seq, due = self.size, 0, time.monotonic()
        while self.size == size and not self._over.is_set():
            for data, keyframe in self._sizes[size]:
                seq += 1
                picture = pb.VideoChunk(
                    stream_epoch=epoch,
                    seq=seq,
                    codec=self._codec,
                    keyframe=keyframe,
                    captured_at_us=time.time_ns() // 1000,
                    width=2**32 - 1,  # nobody believes what an agent says of its pictures
                    height=1,
                    data=data,
                )
                self._say(socket, video_chunk=picture)
                self._there.set()
                due += 1 / FPS
                if self._over.wait(max(0.0, due - time.monotonic())):
                    return

    def _listen(self, socket) -> None:
        try:
            while True:
                socket.recv()
        except ConnectionClosed:
            self._over.set()

    def _say(self, socket, **fields) -> None:
        socket.send(pb.Envelope(**fields).SerializeToString())
