"""Threads of requests are used again, one request at a time."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections

from digi.server import threads
from digi.server.threads import KEPT, lasting_threads


async def _nothing(*_: object) -> None:
    """Neither receives nor sends."""


async def _serve(times: int, *, at_once: bool) -> list[int]:
    seen: list[int] = []
    gate = threading.Barrier(times) if at_once else None

    def page() -> int:
        if gate is not None:
            gate.wait(30)
        return threading.get_ident()

    async def application(*_: object) -> None:
        seen.append(await sync_to_async(page)())
        seen.append(await sync_to_async(threading.get_ident)())

    served = lasting_threads(application)
    requests = [served({}, _nothing, _nothing) for _ in range(times)]
    if at_once:
        await asyncio.gather(*requests)
    else:
        for request in requests:
            await request
    return seen


async def test_requests_after_one_another_share_a_thread() -> None:
    seen = await _serve(3, at_once=False)

    assert len(set(seen)) == 1


async def test_requests_at_once_have_a_thread_each_for_all_they_do() -> None:
    count = KEPT + 3

    seen = await _serve(count, at_once=True)

    assert len(set(seen)) == count
    assert all(seen.count(thread) == 2 for thread in seen)


async def test_no_more_threads_stay_than_are_kept() -> None:
    await _serve(KEPT + 3, at_once=True)

    assert len(threads._idle) == KEPT


@pytest.mark.django_db(transaction=True)
async def test_a_thread_that_does_not_stay_closes_its_connections() -> None:
    count = KEPT + 3
    gate = threading.Barrier(count)
    used = {}

    def page() -> None:
        connection.ensure_connection()
        used[threading.current_thread()] = connections["default"]
        gate.wait(30)

    async def application(*_: object) -> None:
        await sync_to_async(page)()

    await asyncio.gather(*[lasting_threads(application)({}, _nothing, _nothing) for _ in range(count)])

    stay = {thread for executor in threads._idle for thread in executor._threads}
    for thread in used.keys() - stay:
        thread.join(30)
    assert len(used) == count
    assert {thread for thread, wrapper in used.items() if wrapper.connection is not None} == stay


async def test_a_request_that_fails_gives_its_thread_back() -> None:
    async def fails(*_: object) -> None:
        await sync_to_async(threading.get_ident)()
        raise RuntimeError

    await _serve(1, at_once=False)
    before = list(threads._idle)

    result = await asyncio.gather(lasting_threads(fails)({}, _nothing, _nothing), return_exceptions=True)

    assert isinstance(result[0], RuntimeError)
    assert threads._idle == before
