"""Takes pictures, makes of them what is wanted, and carries out settings between two of them; on its own thread."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import av

from camera.agent import nosignal
from camera.agent.encoders import Encoders
from camera.agent.filters import Filters, picture_size
from camera.agent.settings import Decision, decide, initial
from camera.agent.sources import Away, Source
from camera.camera_pb2 import CameraSettings, Demand, Envelope, SettingsAck

_HURRY = 0.02  # seconds between pictures at least, when something should be seen at once


@dataclass
class Figures:
    """Counted since the start."""

    pictures: int = 0
    encode_seconds: float = 0.0
    no_signal: bool = False


class Pipeline:
    """All it makes goes to `deliver`, on the thread of `run`: chunks, and acks before the first with the change."""

    def __init__(self, source: Source, deliver: Callable[[Envelope], None]) -> None:
        self.figures = Figures()
        self._source, self._deliver = source, deliver
        self._filters, self._encoders = Filters(), Encoders()
        self._settings = initial(source.capabilities)
        self._settings.MergeFrom(source.fixed)
        self._orders: deque[CameraSettings] = deque(maxlen=64)
        self._demand = Demand()
        self._keyframe_wanted = False
        self._ended = False
        self._due = self._last = self._jpeg_due = 0.0
        self._hurry = threading.Event()

    def run(self) -> None:
        """Work until `stop`, on the caller's thread; nothing is made until `demand` says so."""
        try:
            self._source.adjust(self._settings)
            while not self._ended:
                self._await_turn()
                self._turn()
        finally:
            self._source.close()

    def stop(self) -> None:
        """Let `run` return soon."""
        self._ended = True
        self._hurry.set()

    def order(self, desired: CameraSettings) -> None:
        """Carry out a patch before the next picture; its ack bears its revision."""
        self._orders.append(desired)
        self._hurry.set()

    def demand(self, demand: Demand) -> None:
        """What is worth making from now on. H.264 begins with a keyframe."""
        self._keyframe_wanted = self._keyframe_wanted or demand.h264
        self._demand = demand
        self._hurry.set()

    def want_keyframe(self) -> None:
        """Let decoding begin with the next picture, and let that be soon."""
        self._keyframe_wanted = True
        self._hurry.set()

    def _await_turn(self) -> None:
        now, period = time.monotonic(), 1 / self._settings.fps
        self._due = max(self._due + period, now - period)  # what was missed is not made up for
        if self._hurry.wait(max(0.0, self._due - now)):
            time.sleep(max(0.0, min(self._due, self._last + _HURRY) - time.monotonic()))
            self._due = time.monotonic()
            self._hurry.clear()
        self._last = time.monotonic()

    def _turn(self) -> None:
        self._carry_out()
        demand, now = self._demand, time.monotonic()
        wants_jpeg = demand.jpeg_fps > 0 and now >= self._jpeg_due
        if not demand.h264:
            self._encoders.rest()
        if not demand.h264 and not wants_jpeg:
            return

        taken_us = time.time_ns() // 1000
        picture = self._filters.apply(self._look(), self._settings, captured_at_us=taken_us)
        if demand.h264:
            keyframe, self._keyframe_wanted = self._keyframe_wanted, False
            self._encode_h264(picture, taken_us, keyframe)
        if wants_jpeg:
            self._jpeg_due = now + 1 / demand.jpeg_fps
            self._hand_over(self._encoders.jpeg(picture, taken_us=taken_us))

    def _encode_h264(self, picture: av.VideoFrame, taken_us: int, keyframe: bool) -> None:
        began = time.perf_counter()
        chunk = self._encoders.h264(picture, self._settings, taken_us=taken_us, keyframe=keyframe)
        self.figures.encode_seconds += time.perf_counter() - began
        self.figures.pictures += 1
        self._hand_over(chunk)

    def _hand_over(self, envelope: Envelope) -> None:
        envelope.video_chunk.no_signal = self.figures.no_signal
        self._deliver(envelope)

    def _look(self) -> av.VideoFrame:
        try:
            picture = self._source.picture()
        except Away:
            self.figures.no_signal = True
            return nosignal.picture(self._settings.width, self._settings.height, time.monotonic())
        self.figures.no_signal = False
        return picture

    def _carry_out(self) -> None:
        decisions: list[tuple[int, Decision]] = []
        while self._orders:
            desired = self._orders.popleft()
            decision = decide(desired, self._settings, self._source.capabilities)
            self._settings = decision.settings
            decisions.append((desired.revision, decision))
        if decisions:
            self._source.adjust(self._settings)
        self._encoders.fit(picture_size(self._settings))
        for revision, decision in decisions:
            self._acknowledge(revision, decision)

    def _acknowledge(self, revision: int, decision: Decision) -> None:
        ack = SettingsAck(
            revision=revision,
            applied=decision.settings,
            fields=decision.fields,
            first_frame_seq=self._encoders.next_seq(),
            stream_epoch=self._encoders.epoch,
        )
        self._deliver(Envelope(settings_ack=ack))
