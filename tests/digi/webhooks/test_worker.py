"""Webhooks by the real worker process and a real receiver; killed at the worst moments."""

import threading
import time

import pytest

from digi.webhooks.models import Attempt, Delivery, DeliveryState, Webhook
from digi.webhooks.services import webhooks
from tests.digi.worker.process import Worker
from tests.digi.worker.test_jobs import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def make(queue_file):
    """A worker that may call receivers here; by keyword, how long its claims last."""
    here = {"DIGI_WEBHOOK_HTTP": "1", "DIGI_WEBHOOK_PORTS": "any", "DIGI_WEBHOOK_INTERNAL": "127.0.0.0/8"}
    return lambda **more: Worker(queue=queue_file, **here, **more)


@pytest.fixture
def worker(make):
    made = make()
    yield made
    made.stop()


def settled() -> bool:
    return not Delivery.objects.exclude(state=DeliveryState.DELIVERED).exists()


def test_notification_arrives_once_after_the_commit(worker, hook, receiver, tell):
    worker.start()

    began = time.monotonic()
    tell()
    until(lambda: receiver.arrivals)
    took = time.monotonic() - began
    until(settled)
    time.sleep(1.5)

    (arrival,) = receiver.arrivals
    assert arrival.is_signed_by(hook.shown)
    assert took < 20  # it was woken: by itself it looks once a minute


def test_worker_that_was_down_catches_up(worker, hook, receiver, tell):
    for _ in range(3):
        tell()

    worker.start()
    until(settled)

    assert [arrival.json()["data"]["id"] for arrival in receiver.arrivals] == [1, 2, 3]


def test_worker_killed_while_the_receiver_thinks_sends_it_again_under_its_own_id(worker, hook, receiver, tell):
    """The one gap that HTTP has: the receiver has it, and the worker dies before it hears so."""
    receiver.answers.clear()
    worker.start()
    tell()
    until(lambda: receiver.arrivals)
    worker.kill()
    receiver.answers.set()
    worker.start()
    until(settled)

    first, again = receiver.arrivals
    assert (first.event, first.body) == (again.event, again.body)
    assert Attempt.objects.count() == 1


def test_worker_killed_again_and_again_sends_every_event(worker, hook, receiver, tell, bob):
    for kill in (1, 2):
        for _ in range(10):
            tell()
        worker.start()
        until(lambda: len(receiver.arrivals) > 6 * kill)  # noqa: B023 - it is waited for here
        worker.kill()
    worker.start()
    until(settled)

    events = [arrival.event for arrival in receiver.arrivals]
    assert len(set(events)) == Delivery.objects.count() == 20
    assert len(events) - 20 <= 2  # at most the one that was on its way at each kill


def test_worker_that_is_asked_to_end_finishes_what_it_has_begun(worker, hook, receiver, tell):
    receiver.answers.clear()
    worker.start()
    for _ in range(2):
        tell()
    until(lambda: receiver.arrivals)
    threading.Timer(1, receiver.answers.set).start()
    worker.stop()
    worker.start()
    until(settled)

    assert len(receiver.arrivals) == 2
    assert "Traceback" not in worker.output()


def test_two_workers_send_once(make, hook, receiver, tell, alice):
    """Each claims what the other then leaves alone."""
    webhooks.create(owner=alice, url=f"{receiver.url}&second=1")
    for _ in range(10):
        tell()
    with make(lease=60), make(lease=60):
        until(settled)

    assert len(receiver.arrivals) == 20
    assert len({arrival.event for arrival in receiver.arrivals}) == 20


def test_slow_receiver_keeps_nobody_else_waiting(worker, hook, receiver, tell, alice, bob, thing):
    from digi.notifications.services import notify
    from tests.digi.notifications.conftest import AUTHOR
    from tests.digi.webhooks.receiver import Receiver

    slow = Receiver()
    slow.answers.clear()
    webhooks.create(owner=bob, url=slow.url)
    worker.start()
    notify(**thing.told(), to={bob: AUTHOR.name})
    until(lambda: slow.arrivals)

    tell()
    until(lambda: receiver.arrivals)
    waits = not Attempt.objects.filter(delivery__webhook__owner=bob).exists()
    slow.close()

    assert waits
    until(settled)


def test_failed_delivery_waits_and_is_sent_later(worker, hook, receiver, tell):
    receiver.statuses = [500]
    worker.start()
    tell()
    until(lambda: Attempt.objects.exists() and Webhook.objects.get().failures)
    assert Delivery.objects.get().state == DeliveryState.WAITING
    Delivery.objects.update(due_at=Delivery.objects.get().created_at)
    webhooks.ping(webhook=hook)  # which wakes the receiver from its rest
    until(settled)

    assert [arrival.json()["type"] for arrival in receiver.arrivals] == ["test.remark", "test.remark", "webhook.ping"]
