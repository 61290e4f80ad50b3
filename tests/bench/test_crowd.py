"""The load generator must notice what a server does wrong: it is shown servers that lose, double and reorder."""

import threading
from types import SimpleNamespace

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from bench import crowd
from bench.crowd import Crowd
from bench.dialects import Tutorial, number_in
from bench.people import Person

PEOPLE = [Person(user, "sessionid=x", "room") for user in ("alice", "bob")]


@pytest.fixture
def running():
    """Run a relay between two clients; `spoil(text)` says what each of them is sent for a message."""
    started = []

    def start(spoil):
        members, lock, complete = [], threading.Lock(), threading.Barrier(2)

        def relay(link):
            with lock:
                members.append(link)
            complete.wait(5)
            try:
                for text in link:
                    for member in members:
                        for one in spoil(text):
                            member.send(one)
            except ConnectionClosed:
                pass

        server = serve(relay, "127.0.0.1", 0, compression=None, close_timeout=0.5)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        started.append((server, thread))
        port = server.socket.getsockname()[1]
        return SimpleNamespace(port=port, cpu=lambda: 0.0, contender=SimpleNamespace(name="relay", dialect=Tutorial()))

    yield start
    for server, thread in started:
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(crowd, "GRACE", 0.5)


def test_every_delivery_to_the_other_is_counted_once(running):
    people = Crowd(running(lambda text: [text]), PEOPLE)

    run = people.on_timetable([0, 1], rate=100, seconds=0.5)
    people.close()

    assert (run.deliveries, run.lost, run.disordered) == (50, 0, 0)
    assert len(run.latencies) == 50
    assert 0 < run.latency(0.5) <= run.latency(0.99) < 500


def test_lost_messages_are_counted(running):
    people = Crowd(running(lambda text: [] if number_in(text.encode()) % 10 == 3 else [text]), PEOPLE)

    run = people.on_timetable([0, 1], rate=100, seconds=0.5)
    people.close()

    assert (run.deliveries, run.lost) == (45, 5)


def test_doubled_messages_are_counted_and_not_as_deliveries(running):
    people = Crowd(running(lambda text: [text] * (2 if number_in(text.encode()) % 10 == 3 else 1)), PEOPLE)

    run = people.on_timetable([0, 1], rate=100, seconds=0.5)
    people.close()

    assert (run.deliveries, run.lost, run.disordered) == (50, 0, 5)


def test_messages_out_of_order_are_counted(running):
    kept = {}

    def swap_one(text):
        number = number_in(text.encode())
        if number == 10:
            kept["text"] = text
            return []
        return [text, kept["text"]] if number == 12 else [text]

    people = Crowd(running(swap_one), PEOPLE)

    run = people.on_timetable([0], rate=100, seconds=0.3)
    people.close()

    assert run.disordered == 1


def test_latency_counts_from_the_timetable_when_the_server_falls_behind(running):
    """A server of 20 ms a message at 100 a second is a second behind after 100 of them, and is charged with it."""
    pause = threading.Event()
    people = Crowd(running(lambda text: pause.wait(0.01) or [text]), PEOPLE)  # for each of two members

    run = people.on_timetable([0], rate=100, seconds=1)
    people.close()

    assert run.latency(0.99) > 300
