"""Threads of requests are used again, one request at a time."""

import asyncio
import threading

from asgiref.sync import sync_to_async

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


async def test_a_request_that_fails_gives_its_thread_back() -> None:
    async def fails(*_: object) -> None:
        await sync_to_async(threading.get_ident)()
        raise RuntimeError

    await _serve(1, at_once=False)
    before = list(threads._idle)

    result = await asyncio.gather(lasting_threads(fails)({}, _nothing, _nothing), return_exceptions=True)

    assert isinstance(result[0], RuntimeError)
    assert threads._idle == before
