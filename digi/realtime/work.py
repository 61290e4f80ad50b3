"""Database work off the event loop: own threads, and batches in which what arrives meanwhile travels together.

Channels' `database_sync_to_async` sends everything through one thread that all of the process's requests share;
one slow call there stalls every socket.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from django.conf import settings
from django.db import close_old_connections, connections, reset_queries

from digi.realtime import outbox
from digi.realtime.events import Event
from digi.turns import beside_pages

Question = TypeVar("Question")
Answer = TypeVar("Answer")
log = logging.getLogger(__name__)

_local = threading.local()

CROWD = 64  # questions in a batch, from which on the event loop stands still for it
COUPLE = 3  # the same, while pages are made beside it
STANDSTILL = 0.05  # seconds that it does so at most
MOMENT = 0.002  # seconds in which work has the database, where one process serves
FEW = 2  # questions in a batch, above which the next one waits for its PACE
PACE = 0.002  # seconds from the beginning of such a batch to that of the next, at least


def stand_still() -> None:
    """Called by work that now has the database for itself: the event loop stands still for it."""
    floor = getattr(_local, "floor", None)
    if floor is not None:
        floor.take()


def go_on() -> None:
    """Called by work that has only its commit left: the event loop goes on while the disk works.

    Not beside pages, where a batch is small: one more would ask for the interpreter that the work soon needs again.
    """
    floor = getattr(_local, "floor", None)
    if floor is not None and not floor.lasts:
        floor.done.set()


def _crowd() -> int:
    return COUPLE if beside_pages() else CROWD


class Floor:
    """Who has the process's one interpreter while a large batch is worked on.

    Beside it, the event loop would only take the interpreter's lock from the work, to read frame by frame what has to
    wait for the next batch anyway; what has gathered on the sockets meanwhile is read at once. A server under full
    load stores a third more messages so. While the work itself waits, for another process's transaction, it has not
    taken the floor, and the loop goes on.

    `lasts` says whether it is kept to the end of the batch, or until the work lets the loop `go_on`.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, *, lasts: bool) -> None:
        self._loop = loop
        self.lasts = lasts
        self._taken = threading.Event()
        self.done = threading.Event()

    def take(self) -> None:
        """From the work's thread."""
        self._taken.set()
        self._loop.call_soon_threadsafe(self._stand)

    def offer(self) -> None:
        """On the loop, when the work begins: nobody else writes, and it takes the floor at once."""
        if self._taken.wait(MOMENT):
            self._stand()

    def _stand(self) -> None:
        self.done.wait(STANDSTILL)


class Threads:
    """One thread for writing, a few for reading and one for what nobody waits for; each has a connection of its own."""

    def __init__(self, readers: int = 2) -> None:
        self.writer = ThreadPoolExecutor(1, thread_name_prefix="digi-write")
        self.aside = ThreadPoolExecutor(1, thread_name_prefix="digi-aside")
        self._readers = [ThreadPoolExecutor(1, thread_name_prefix=f"digi-read-{i}") for i in range(readers)]
        self._turn = 0

    def reader(self) -> ThreadPoolExecutor:
        self._turn = (self._turn + 1) % len(self._readers)
        return self._readers[self._turn]

    async def close(self) -> None:
        loop = asyncio.get_running_loop()
        for executor in (self.writer, self.aside, *self._readers):
            await loop.run_in_executor(executor, connections.close_all)
            executor.shutdown(wait=False)


def job(function: Callable[[], Answer]) -> Answer:
    """Run one piece of work with a connection that is fit for use: one that has failed or grown old is closed first.

    As at a request's beginning: in development Django keeps a connection's last 9000 statements with all their values,
    30 MiB after some thousand messages, and forgets them at requests alone.
    """
    reset_queries()
    close_old_connections()
    return function()


def attempt(function: Callable[[], object]) -> None:
    """Run one piece of work that nobody waits for, and log what goes wrong."""
    try:
        job(function)
    except Exception:
        log.exception("work beside the answers failed")


class Batcher(Generic[Question, Answer]):
    """Answers many questions with one call: what arrives while a call runs joins the next.

    `work` gets a list and returns a list of the same length, in the same order; if it raises, every question of the
    batch is answered with that exception. Answers are handed out on the event loop, before the events that the batch
    has published.

    A lone question is answered at once. Where several come at a time, a call begins two milliseconds after the one
    before it, or later: most of what a small batch costs is the same for a larger one, and whoever else needs the
    interpreter finds it free in between.

    The work of a large batch may call `stand_still`, and `go_on`. `noted` is told of how many a call answered, in how
    many seconds.
    """

    def __init__(
        self,
        work: Callable[[list[Question]], list[Answer]],
        executor: Callable[[], ThreadPoolExecutor],
        *,
        cap: int = 500,
        noted: Callable[[int, float], None] | None = None,
    ) -> None:
        self._work = work
        self._noted = noted
        self._executor = executor
        self._cap = cap
        self._waiting: list[tuple[Question, Callable[[Answer | BaseException], None]]] = []
        self.busy = False
        self._loop = asyncio.get_running_loop()
        self._due = 0.0  # by the loop's clock: when the next call may begin

    def submit(self, question: Question, done: Callable[[Answer | BaseException], None]) -> None:
        """Ask; `done` is called on the loop with the answer, or with what went wrong."""
        self._waiting.append((question, done))
        if not self.busy:
            self.busy = True
            self._at_its_time()  # everything that this turn of the loop has read goes together

    async def ask(self, question: Question) -> Answer:
        future: asyncio.Future[Answer] = self._loop.create_future()

        def settle(answer: Answer | BaseException) -> None:
            if future.done():
                return
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)

        self.submit(question, settle)
        return await future

    def _at_its_time(self) -> None:
        if self._due > self._loop.time():
            self._loop.call_at(self._due, self._start)
        else:
            self._loop.call_soon(self._start)

    def _start(self) -> None:
        batch, self._waiting = self._waiting[: self._cap], self._waiting[self._cap :]
        if len(batch) > FEW:
            self._due = self._loop.time() + PACE
        floor = None
        if len(batch) >= _crowd() and "stand" in settings.DIGI_FAST:
            floor = Floor(self._loop, lasts=len(batch) < CROWD)
        try:
            self._executor().submit(self._run, batch, floor)
        except RuntimeError as error:  # the threads have been closed
            self._finish(batch, [error for _ in batch], [])
            return
        if floor is not None and not settings.DIGI_SHARED:
            floor.offer()

    def _run(self, batch: list[tuple[Question, Callable[[Answer | BaseException], None]]], floor: Floor | None) -> None:
        answers: Sequence[Answer | BaseException]
        _local.floor = floor
        began = time.perf_counter()
        with outbox.collected() as events:
            try:
                answers = job(lambda: self._work([question for question, _ in batch]))
            except Exception as error:
                log.exception("a batch of %d failed", len(batch))
                answers = [error for _ in batch]
            else:
                if self._noted is not None:
                    self._noted(len(batch), time.perf_counter() - began)
        _local.floor = None
        if floor is not None:
            floor.done.set()
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._finish, batch, answers, events)

    def _finish(
        self,
        batch: list[tuple[Question, Callable[[Answer | BaseException], None]]],
        answers: Sequence[Answer | BaseException],
        events: list[Event],
    ) -> None:
        if len(batch) < _crowd():
            self._next()  # the next transaction may begin before this one's frames are written
        else:
            self._loop.call_soon(self._loop.call_soon, self._next)  # they are, and what has come meanwhile is read
        for (_, done), answer in zip(batch, answers, strict=True):
            try:
                done(answer)
            except Exception:  # one socket's trouble; the others of the batch still wait for their answers
                log.exception("an answer was not taken")
        if events:
            outbox.post(events)

    def _next(self) -> None:
        if not self._waiting:
            self.busy = False
        elif self._due > self._loop.time():
            self._loop.call_at(self._due, self._start)
        else:
            self._start()
