"""Database work off the event loop: own threads, and batches in which what arrives meanwhile travels together.

Channels' `database_sync_to_async` sends everything through one thread that all of the process's requests share;
one slow call there stalls every socket.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Generic, TypeVar

from django.db import close_old_connections, connections

from digi.realtime import outbox
from digi.realtime.events import Event

Question = TypeVar("Question")
Answer = TypeVar("Answer")
log = logging.getLogger(__name__)

CROWD = 64  # questions in a batch, from which on the event loop stands still for it
STANDSTILL = 0.05  # seconds that it does so at most


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
    """Run one piece of work with a connection that is fit for use, as a request would."""
    close_old_connections()
    try:
        return function()
    finally:
        close_old_connections()


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

    With `standing` the loop stands still while a large batch is worked on. Beside it, it would only take the
    interpreter's lock from the work, to read frame by frame what has to wait for the next batch anyway; what has
    gathered on the sockets meanwhile is read at once. A server under full load stores a third more so.
    """

    def __init__(
        self,
        work: Callable[[list[Question]], list[Answer]],
        executor: Callable[[], ThreadPoolExecutor],
        *,
        cap: int = 500,
        standing: bool = False,
    ) -> None:
        self._work = work
        self._executor = executor
        self._cap = cap
        self._standing = standing
        self._waiting: list[tuple[Question, Callable[[Answer | BaseException], None]]] = []
        self.busy = False
        self._loop = asyncio.get_running_loop()

    def submit(self, question: Question, done: Callable[[Answer | BaseException], None]) -> None:
        """Ask; `done` is called on the loop with the answer, or with what went wrong."""
        self._waiting.append((question, done))
        if not self.busy:
            self.busy = True
            self._loop.call_soon(self._start)  # everything that this turn of the loop has read goes together

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

    def _start(self) -> None:
        batch, self._waiting = self._waiting[: self._cap], self._waiting[self._cap :]
        try:
            run = self._executor().submit(self._run, batch)
        except RuntimeError as error:  # the threads have been closed
            self._finish(batch, [error for _ in batch], [])
            return
        if self._standing and len(batch) >= CROWD:
            wait([run], STANDSTILL)

    def _run(self, batch: list[tuple[Question, Callable[[Answer | BaseException], None]]]) -> None:
        answers: Sequence[Answer | BaseException]
        with outbox.collected() as events:
            try:
                answers = job(lambda: self._work([question for question, _ in batch]))
            except Exception as error:
                log.exception("a batch of %d failed", len(batch))
                answers = [error for _ in batch]
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._finish, batch, answers, events)

    def _finish(
        self,
        batch: list[tuple[Question, Callable[[Answer | BaseException], None]]],
        answers: Sequence[Answer | BaseException],
        events: list[Event],
    ) -> None:
        if self._waiting:
            self._start()  # the next transaction begins before this one's frames are written
        else:
            self.busy = False
        for (_, done), answer in zip(batch, answers, strict=True):
            try:
                done(answer)
            except Exception:  # one socket's trouble; the others of the batch still wait for their answers
                log.exception("an answer was not taken")
        if events:
            outbox.post(events)
