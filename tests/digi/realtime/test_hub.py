"""The hub: numbered topics in order whatever arrives, each socket once, gaps for the database."""

import asyncio
import random
import threading

import pytest

from digi.realtime import outbox
from digi.realtime.events import Event, SocketsClosed
from digi.realtime.hub import Hub
from digi.realtime.patience import LEAST, MOST, Patience


class Told(Event, tag="test.told"):
    """Something in a test's topic."""


def told(n: int, topic: str = "room:1") -> Told:
    return Told(topic=topic, n=n)


class Listener:
    """Takes what the hub hands out."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.closed: list[int] = []

    def take(self, event) -> None:
        self.heard.append(event.n)

    def catch_up(self) -> None: ...

    def close_for(self, event) -> None:
        self.closed.append(event.code)


@pytest.fixture
async def hub():
    made = Hub()
    yield made
    await made.threads.close()


@pytest.fixture
def listener(hub):
    found = Listener()
    hub.join("room:1", found)
    return found


async def test_events_go_to_those_who_joined_their_topic(hub, listener):
    other = Listener()
    hub.join("room:2", other)

    hub.post([told(1), told(1, "room:2"), told(2), told(1, "room:3")])

    assert (listener.heard, other.heard) == ([1, 2], [1])


async def test_who_has_left_hears_nothing_and_an_empty_topic_goes(hub, listener):
    hub.leave("room:1", listener)
    hub.leave("room:1", listener)

    hub.post([told(1)])

    assert listener.heard == []
    assert "room:1" not in hub.topics


async def test_early_event_waits_for_its_predecessor(hub, listener):
    hub.post([told(1)])
    hub.post([told(3)])
    assert listener.heard == [1]

    hub.post([told(2)])

    assert listener.heard == [1, 2, 3]
    assert hub.topics["room:1"].timer is None


async def test_early_event_is_handed_out_when_its_predecessor_does_not_come(hub, listener):
    hub.post([told(1), told(4), told(3)])
    assert listener.heard == [1]

    await asyncio.sleep(LEAST * 3)

    assert listener.heard == [1, 3, 4]
    assert hub.topics["room:1"].seen == 4


async def test_late_predecessor_is_still_handed_out(hub, listener):
    """Whoever follows the numbers drops it; whoever does not still hears of it."""
    hub.post([told(1), told(3)])
    await asyncio.sleep(LEAST * 3)
    hub.post([told(2), told(4)])

    assert listener.heard == [1, 3, 2, 4]


async def test_what_comes_after_it_was_given_up_makes_the_next_wait_longer(hub, listener):
    """Processes that are busy bring their events late: reading each gap from the database would make them busier."""
    hub.post([told(1), told(3)])
    await asyncio.sleep(LEAST * 3)
    hub.post([told(2)])  # late, not lost

    hub.post([told(5)])
    await asyncio.sleep(LEAST * 3)
    assert listener.heard == [1, 3, 2]
    hub.post([told(4)])

    assert listener.heard == [1, 3, 2, 4, 5]


async def test_what_comes_twice_teaches_no_patience(hub, listener):
    hub.post([told(1), told(3)])
    await asyncio.sleep(LEAST * 3)
    hub.post([told(3), told(1), told(5)])
    await asyncio.sleep(LEAST * 3)

    assert listener.heard == [1, 3, 3, 1, 5]


async def test_no_gap_is_given_up_while_events_before_it_still_come(hub, listener):
    """Between busy processes there is always one that waits: each gap has its own time."""
    hub.post([told(1)])
    for number in range(3, 40, 2):
        hub.post([told(number)])
    for number in range(2, 41, 2):
        await asyncio.sleep(LEAST / 4)
        hub.post([told(number)])

    assert listener.heard == list(range(1, 41))


def test_patience_is_twice_what_was_needed_and_wanes():
    patience = Patience()
    assert patience.until(100) == 100 + LEAST

    patience.learn(now=100, since=99.9)
    patience.learn(now=100, since=99.99)
    assert patience.until(100) == pytest.approx(100.2)
    assert patience.until(101) == pytest.approx(101.1)
    assert patience.until(110) == 110 + LEAST

    patience.learn(now=120, since=20)  # Redis was away
    assert patience.until(120) == 120 + MOST
    assert patience.until(20) == 20 + MOST


async def test_first_event_of_a_topic_may_have_any_number(hub, listener):
    hub.post([told(130)])

    assert listener.heard == [130]


@pytest.mark.parametrize("seed", range(5))
async def test_shuffled_within_patience_comes_in_order(hub, listener, seed):
    dice = random.Random(seed)
    numbers = list(range(2, 60))
    for start in range(0, len(numbers), 6):
        part = numbers[start : start + 6]
        dice.shuffle(part)
        numbers[start : start + 6] = part

    hub.post([told(1)])
    for number in numbers:
        hub.post([told(number)])

    assert listener.heard == list(range(1, 60))


async def test_topic_that_empties_while_an_event_is_held_leaves_no_timer(hub, listener):
    hub.post([told(1), told(3)])
    timer = hub.topics["room:1"].timer

    hub.leave("room:1", listener)

    assert timer.cancelled()


async def test_events_without_a_number_pass_those_that_wait(hub, listener):
    hub.post([told(1), told(3), told(0)])

    assert listener.heard == [1, 0]


async def test_order_to_close_goes_to_the_topic_alone(hub, listener):
    person = Listener()
    hub.join("user:7", person)

    hub.post([SocketsClosed(topic="user:7", code=4401), SocketsClosed(topic="user:8", code=4401)])

    assert (person.closed, listener.closed) == ([4401], [])


async def test_listener_that_leaves_while_events_are_handed_out_disturbs_nobody(hub, listener):
    class Leaver(Listener):
        def take(self, event) -> None:
            super().take(event)
            hub.leave("room:1", self)

    leavers, last = [Leaver() for _ in range(3)], Listener()
    for one in (*leavers, last):
        hub.join("room:1", one)

    hub.post([told(1), told(2)])

    assert [one.heard for one in leavers] == [[1]] * 3
    assert listener.heard == last.heard == [1, 2]


async def test_events_come_in_from_any_thread(hub, listener):
    await asyncio.gather(*(asyncio.to_thread(hub.post, [told(n)]) for n in range(1, 9)))
    await asyncio.sleep(LEAST * 3)

    assert sorted(listener.heard) == list(range(1, 9))


async def test_what_nobody_waits_for_is_done_beside_and_its_mistakes_are_logged(caplog):
    done: list[str] = []
    hub = Hub()
    hub.start()

    outbox.aside(lambda: done.append(threading.current_thread().name))
    outbox.aside(lambda: 1 / 0)
    outbox.aside(lambda: done.append("after the mistake"))
    await hub.close()

    assert done == ["digi-aside_0", "after the mistake"]
    assert "work beside the answers failed" in caplog.text


async def test_what_nobody_waits_for_is_done_here_once_the_threads_are_closed():
    hub = Hub()
    await hub.threads.close()
    done: list[str] = []

    hub.aside(lambda: done.append(threading.current_thread().name))

    assert done == ["MainThread"]
