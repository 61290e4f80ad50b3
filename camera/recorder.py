"""The recorder: a viewer in the worker that writes what it sees into files, a thread for each recording.

It comes by WebSocket as everybody does, since pictures pass through the server's processes and nowhere else. A server
that restarts is come back to; a worker that ends lets go, and the next one goes on with a new part.
"""

import atexit
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from django.conf import settings
from django.db import Error, connections

from camera import mp4
from camera.camera_pb2 import VideoChunk
from camera.models import Recording, RecordingPart, Trouble
from camera.services import taking
from camera.viewing import Away, H264Missing, chunks
from digi.errors import Unavailable
from digi.realtime.work import job

log = logging.getLogger(__name__)

PAUSE = 2.0  # seconds before the server is tried again
PATIENCE = 30.0  # seconds in which a first picture has come
RENEWAL = 5.0  # seconds between two signs of life, or less where leases are short
DRIFT = 2.0  # seconds by which the agent's clock may run away from ours within a file

_over = threading.Event()  # the worker ends
_threads: dict[int, threading.Thread] = {}
_lock = threading.Lock()


class Ended(Exception):
    """Nothing more is to be written; `trouble` says why, unless it is as it was asked for."""

    def __init__(self, trouble: str = "") -> None:
        super().__init__(trouble)
        self.trouble = trouble


class LetGo(Exception):
    """Somebody else's now, or nobody's until another worker comes."""


def take_up() -> None:
    """Begin every recording that nobody writes, as many at once as DIGI_CAMERA_RECORDERS; a worker's duty."""
    with _lock:
        for pk in [pk for pk, thread in _threads.items() if not thread.is_alive()]:
            del _threads[pk]
        if _over.is_set():
            return
        for recording in taking.claim(most=settings.DIGI_CAMERA_RECORDERS - len(_threads)):
            thread = threading.Thread(target=record, args=(recording,), name=f"record-{recording.uuid}", daemon=True)
            _threads[recording.pk] = thread
            thread.start()


@atexit.register
def let_go() -> None:
    """When the worker ends: every file is closed, and its recording free for the next worker."""
    _over.set()
    for thread in list(_threads.values()):
        thread.join(5)


def record(recording: Recording) -> None:
    """Write a claimed recording to its end, or until it has to be let go."""
    try:
        _Take(recording).run()
    except Exception:
        log.exception("the recording %s failed", recording.uuid)  # its lease ends, and it is taken up again
    finally:
        connections.close_all()


class _Take:
    """One worker's time with a recording."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._part: RecordingPart | None = None
        self._file: mp4.FragmentedFile | None = None
        self._parameters = b""
        self._size = 0
        self._seconds = 0.0
        self._first_at = self._offset = 0.0
        self._begun = time.monotonic()
        self._renewed = self._begun
        self._asked = 0.0

    def run(self) -> None:
        """Mend what was left, then write until something ends it."""
        recording = self._recording
        try:
            try:
                self._write()
            finally:
                self._close()
        except Ended as ended:
            job(partial(taking.end, recording=recording, trouble=ended.trouble))
        except LetGo:
            job(partial(taking.release, recording=recording))
        except Unavailable as error:  # the files' server is away, which is nobody's failure: the part waits here
            log.warning("the recording %s waits for the files' server: %s", recording.uuid, error)
            job(partial(taking.release, recording=recording, tried=False))

    def _write(self) -> None:
        self._mend()
        while True:
            with self._others_may_be_away(), closing(chunks(self._recording.camera)) as found:
                self._check()
                for chunk in found:
                    self._check()
                    if chunk is not None:
                        self._take(chunk)

    @contextmanager
    def _others_may_be_away(self) -> Iterator[None]:
        """The server, or the database."""
        try:
            yield
        except H264Missing as error:
            raise Ended(Trouble.NO_H264) from error
        except (Away, Error) as error:
            log.info("the recording %s waits for the server: %s", self._recording.uuid, error)
            _over.wait(PAUSE)

    def _mend(self) -> None:
        recording = self._recording
        if recording.tries > taking.TRIES:
            raise Ended(Trouble.LOST)
        for part in job(partial(taking.unfinished, recording)):
            seconds = _mended(part)
            if seconds is not None:
                self._put(part, seconds)
        self._size, self._seconds = job(partial(taking.written, recording))

    def _check(self) -> None:
        """Once a second: is it still ours, and is it to go on? Raises `Ended` or `LetGo`."""
        if _over.is_set():
            raise LetGo
        now = time.monotonic()
        if now - self._asked < 1:
            return
        self._asked = now
        standing = job(partial(taking.standing, recording=self._recording))
        if not standing.mine:
            raise LetGo
        if standing.stop:
            raise Ended
        if standing.retired:
            raise Ended(Trouble.RETIRED)
        if standing.age >= self._recording.limit_seconds:
            raise Ended
        if not self._size and now - self._begun > PATIENCE:
            raise Ended(Trouble.NO_PICTURE)
        if now - self._renewed > min(RENEWAL, settings.DIGI_WORKER_LEASE / 3):
            self._renewed = now
            seconds = self._seconds + (self._file.seconds if self._file else 0)
            job(partial(taking.renew, recording=self._recording, size=self._size, seconds=seconds))

    def _take(self, chunk: VideoChunk) -> None:
        if self._size + len(chunk.data) > self._recording.limit_bytes:
            raise Ended(Trouble.FULL)
        try:
            if chunk.keyframe:
                self._turn_page(chunk)
            if self._file is not None:
                self._file.add(chunk.data, at=self._at(chunk), keyframe=chunk.keyframe)
                self._size += len(chunk.data)
        except mp4.Unplayable as error:
            log.info("the recording %s leaves out what is no picture: %s", self._recording.uuid, error)
            self._close()
        except OSError as error:
            log.warning("the recording %s cannot be written: %s", self._recording.uuid, error)
            raise Ended(Trouble.DISK) from error

    def _turn_page(self, chunk: VideoChunk) -> None:
        """A keyframe that does not go on with the present file begins another."""
        parameters = mp4.parameters(chunk.data)
        if self._file is not None and parameters in (b"", self._parameters):
            return
        self._close()
        recording = self._recording
        width, height = mp4.size_of(chunk.data)
        part = job(partial(taking.begin_part, recording=recording, width=width, height=height))
        self._part, self._parameters = part, parameters
        self._file = mp4.FragmentedFile(part.draft, chunk.data)
        self._first_at, self._offset = time.monotonic(), -chunk.captured_at_us / 1_000_000

    def _at(self, chunk: VideoChunk) -> float:
        """Seconds since the part's first picture, by the agent's clock as long as it goes along with ours."""
        here = time.monotonic() - self._first_at
        there = chunk.captured_at_us / 1_000_000
        if abs(there + self._offset - here) > DRIFT:
            self._offset = here - there
        return there + self._offset

    def _close(self) -> None:
        """Finish the present part, if there is one."""
        part, file = self._part, self._file
        self._part = self._file = None
        if part is None:
            return
        seconds = file.seconds if file else 0.0
        try:
            if file:
                file.close()
        except (OSError, mp4.Unplayable) as error:
            log.warning("the recording %s lost its last moments: %s", self._recording.uuid, error)
            seconds = _mended(part) or 0.0
        self._put(part, seconds)
        self._seconds += seconds

    def _put(self, part: RecordingPart, seconds: float) -> None:
        """Where it plays, to its place. Raises `LetGo` and `Unavailable` where that is not possible now."""
        try:
            if seconds:
                job(partial(taking.finish_part, part=part, seconds=seconds))
            else:
                job(partial(taking.drop_part, part=part))
        except (OSError, Error) as error:
            raise _let_go(part, error) from error


def _mended(part: RecordingPart) -> float | None:
    """The seconds that play of a file that was not closed: 0 where nothing does, None where there is no file.

    Then a worker of another machine has it. Raises `LetGo` for a file that cannot be read now.
    """
    try:
        return mp4.mend(part.draft)
    except mp4.Unplayable:
        return 0.0
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _let_go(part, error) from error


def _let_go(part: RecordingPart, error: Exception) -> LetGo:
    log.warning("the recording %s waits for its file: %s", part.recording.uuid, error)
    return LetGo()
