"""Work off the loop: what arrives while a batch runs travels in the next one, and one failure is not everybody's."""

import asyncio
import threading
import time
from contextlib import ExitStack

import pytest
from django.db import connection

from digi.realtime import outbox
from digi.realtime import work as module
from digi.realtime.events import Event
from digi.realtime.work import COUPLE, CROWD, FEW, Batcher, Threads, go_on, stand_still
from digi.turns import page


class Told(Event, tag="test.work"):
    """Something that a batch publishes."""


@pytest.fixture
async def threads():
    made = Threads()
    yield made
    await made.close()


class Work:
    """Doubles numbers, and remembers in which batches they came."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = threading.Event()
        self.go.set()

    def __call__(self, numbers: list[int]) -> list[int]:
        self.batches.append(numbers)
        self.go.wait(30)
        return [number * 2 for number in numbers]


async def test_what_arrives_meanwhile_goes_together(threads):
    work = Work()
    batcher = Batcher(work, lambda: threads.writer)
    work.go.clear()

    first = asyncio.create_task(batcher.ask(1))
    while not work.batches:
        await asyncio.sleep(0)
    rest = [asyncio.create_task(batcher.ask(number)) for number in range(2, 12)]
    await asyncio.sleep(0.02)
    work.go.set()

    assert await asyncio.gather(first, *rest) == [number * 2 for number in range(1, 12)]
    assert work.batches == [[1], list(range(2, 12))]


async def test_batches_have_a_cap(threads):
    work = Work()
    batcher = Batcher(work, lambda: threads.writer, cap=4)

    answers = await asyncio.gather(*(batcher.ask(number) for number in range(10)))

    assert answers == [number * 2 for number in range(10)]
    assert [len(batch) for batch in work.batches] == [4, 4, 2]


@pytest.mark.parametrize(("count", "is_late"), [(FEW + 1, True), (FEW, False)], ids=["several", "few"])
async def test_call_after_one_for_several_questions_takes_its_time(threads, monkeypatch, count, is_late):
    monkeypatch.setattr(module, "PACE", 2.0)
    batcher = Batcher(Work(), lambda: threads.writer)
    asked = time.monotonic()

    await asyncio.gather(*(batcher.ask(number) for number in range(count)))
    assert time.monotonic() - asked < 2.0
    await batcher.ask(0)

    assert (time.monotonic() - asked >= 2.0) is is_late


async def answers_beside(batcher: Batcher, count: int, pages: int) -> set:
    """What so many questions at once are answered, while so many pages are being made."""
    with ExitStack() as made:
        for _ in range(pages):
            made.enter_context(page())
        return set(await asyncio.gather(*(batcher.ask(number) for number in range(count))))


@pytest.mark.parametrize(
    ("asks", "count", "pages", "options", "turns"),
    [
        (True, CROWD, 0, {}, False),
        (True, CROWD, 0, {"DIGI_SHARED": True}, False),
        (True, CROWD, 0, {"DIGI_FAST": frozenset({"send"})}, True),
        (True, CROWD - 1, 0, {}, True),
        (False, CROWD, 0, {}, True),
        (True, COUPLE, 1, {}, False),
        (True, COUPLE, 2, {}, False),
        (True, COUPLE - 1, 1, {}, True),
    ],
    ids=["alone", "shared", "switched off", "small", "waits for others", "page", "pages", "smallest beside a page"],
)
async def test_loop_stands_still_for_a_large_batch_that_asks_for_it(
    threads, settings, monkeypatch, asks, count, pages, options, turns
):
    """Whether the loop has had turns while the batch was under way."""
    monkeypatch.setattr(module, "STANDSTILL", 10)  # longer than the batch, whatever else the machine does
    for name, value in options.items():
        setattr(settings, name, value)
    turned = threading.Event()

    def work(numbers: list[int]) -> list[bool]:
        if asks:
            stand_still()
        loop.call_soon_threadsafe(turned.set)
        return [turned.wait(20 if turns else 0.2)] * len(numbers)

    loop = asyncio.get_running_loop()
    assert await answers_beside(Batcher(work, lambda: threads.writer), count, pages) == {turns}


async def test_loop_goes_on_beside_a_large_batch_that_takes_long(threads):
    work = Work()
    work.go.clear()

    def slow(numbers: list[int]) -> list[int]:
        stand_still()
        return work(numbers)

    batcher = Batcher(slow, lambda: threads.writer)

    asked = [asyncio.create_task(batcher.ask(number)) for number in range(CROWD)]
    await asyncio.sleep(0.1)  # returns while the work still waits
    work.go.set()

    assert await asyncio.gather(*asked) == [number * 2 for number in range(CROWD)]


@pytest.mark.parametrize(
    ("count", "pages", "turns"),
    [(CROWD, 0, True), (CROWD, 1, True), (CROWD - 1, 1, False)],
    ids=["alone", "page", "small"],
)
async def test_loop_goes_on_while_a_large_batch_is_committed(threads, monkeypatch, count, pages, turns):
    monkeypatch.setattr(module, "STANDSTILL", 10)
    turned = threading.Event()

    def work(numbers: list[int]) -> list[bool]:
        stand_still()
        loop.call_soon_threadsafe(turned.set)
        before = turned.wait(0.2)
        go_on()
        return [not before and turned.wait(5 if turns else 0.2)] * len(numbers)  # less than a standstill

    loop = asyncio.get_running_loop()
    assert await answers_beside(Batcher(work, lambda: threads.writer), count, pages) == {turns}


def test_nothing_stands_still_outside_a_batch():
    stand_still()
    go_on()


async def test_work_that_fails_answers_everybody_and_goes_on(threads, caplog):
    def work(numbers: list[int]) -> list[int]:
        if 0 in numbers:
            raise ZeroDivisionError
        return numbers

    batcher = Batcher(work, lambda: threads.writer)

    answers = await asyncio.gather(*(batcher.ask(number) for number in (0, 1)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [ZeroDivisionError] * 2
    assert await batcher.ask(2) == 2
    assert "a batch of 2 failed" in caplog.text


@pytest.mark.django_db(transaction=True)
async def test_statements_that_django_keeps_in_development_are_those_of_one_batch(threads, settings):
    settings.DEBUG = True

    def work(numbers: list[int]) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return [len(connection.queries)] * len(numbers)

    batcher = Batcher(work, lambda: threads.writer)

    assert [await batcher.ask(number) for number in range(3)] == [1, 1, 1]


async def test_who_no_longer_waits_holds_up_nobody(threads):
    work = Work()
    batcher = Batcher(work, lambda: threads.writer)
    work.go.clear()

    impatient, patient = asyncio.create_task(batcher.ask(1)), asyncio.create_task(batcher.ask(2))
    await asyncio.sleep(0.02)
    impatient.cancel()
    work.go.set()

    assert await patient == 4


async def test_one_who_cannot_take_the_answer_is_not_the_others_fault(threads, caplog):
    batcher, got = Batcher(Work(), lambda: threads.writer), []

    def broken(answer) -> None:
        raise KeyError

    batcher.submit(1, broken)
    batcher.submit(2, got.append)
    assert await batcher.ask(3) == 6

    assert got == [4]
    assert await batcher.ask(4) == 8
    assert "an answer was not taken" in caplog.text


async def test_answers_come_before_the_events_of_the_batch(threads):
    order: list = []

    class Office:
        def post(self, events: list) -> None:
            order.extend(event.n for event in events)

    def work(numbers: list[int]) -> list[int]:
        outbox.post([Told(topic="t", n=number) for number in numbers])
        return numbers

    batcher, office = Batcher(work, lambda: threads.writer), Office()
    outbox.open_office(office)
    for number in (1, 2):
        batcher.submit(number, lambda answer: order.append(f"answer {answer}"))
    await batcher.ask(3)
    await asyncio.sleep(0)
    outbox.close_office(office)

    assert order == ["answer 1", "answer 2", 1, 2, 3]


async def test_what_is_asked_after_the_end_is_answered_by_an_error():
    threads = Threads()
    batcher = Batcher(Work(), lambda: threads.writer)
    await threads.close()

    for number in (1, 2):
        with pytest.raises(RuntimeError):
            await batcher.ask(number)


async def test_the_loop_is_free_while_a_batch_runs(threads):
    work = Work()
    work.go.clear()
    asked = asyncio.create_task(Batcher(work, lambda: threads.writer).ask(1))

    for _ in range(20):
        await asyncio.sleep(0.001)
    meanwhile = asked.done()
    work.go.set()

    assert not meanwhile
    assert await asked == 2


async def test_readers_work_side_by_side_and_apart_from_the_writer(threads):
    gate = threading.Barrier(3, timeout=30)
    executors = [threads.writer, threads.reader(), threads.reader()]

    loop = asyncio.get_running_loop()
    await asyncio.gather(*(loop.run_in_executor(executor, gate.wait) for executor in executors))

    assert len(set(executors)) == 3
