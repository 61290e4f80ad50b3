"""One round of every measurement against one running server."""

import time
from dataclasses import dataclass

from bench.crowd import Crowd, Run
from bench.people import Person
from bench.servers import Contender, Server

LATE = 500.0  # milliseconds: a rate counts as sustained while 99 % of the messages arrive sooner
STEPS = (0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)  # shares of the capacity that are tried


@dataclass(frozen=True)
class Size:
    """How long and how large a round is; seconds, and numbers of people."""

    rounds: int
    idle: int
    settle: float
    latency: float
    capacity: float
    sustained: float
    fan_out: float
    pairs: int = 50
    room: int = 200


FULL = Size(rounds=3, idle=1000, settle=2, latency=10, capacity=3, sustained=3, fan_out=2)
QUICK = Size(rounds=1, idle=300, settle=1, latency=3, capacity=1.5, sustained=1.5, fan_out=1)


@dataclass(frozen=True)
class Guests:
    """The people of one contender, made once for all rounds."""

    pairs: list[Person]
    room: list[Person]


@dataclass
class Round:
    """What one round measured; the largest share of a core that the load generator used; deliveries gone wrong."""

    figures: dict[str, float]
    client_cpu: float = 0.0
    wrong: int = 0

    def note(self, run: Run, **figures: float) -> None:
        """Keep figures of a run, and count what it lost, doubled or reordered."""
        self.wrong += run.lost + run.disordered
        self.client_cpu = max(self.client_cpu, run.client_cpu)
        self.figures.update(figures)


def invite(contender: Contender, size: Size) -> Guests:
    """Make the database and everybody in it."""
    contender.prepare()
    return Guests(pairs=contender.people(size.idle), room=contender.people(size.room, room=True))


def play(server: Server, guests: Guests, size: Size) -> Round:
    """One round. Memory comes first, while the process has no free memory of its own to reuse."""
    done = Round({})
    _warm_up(server, guests)
    _idle(server, guests, size, done)
    _pairs(server, guests, size, done)
    _room(server, guests, size, done)
    return done


def _warm_up(server: Server, guests: Guests) -> None:
    crowd = Crowd(server, guests.pairs[:20])
    crowd.at_full_speed(list(range(20)), in_flight=1, seconds=0.5)
    crowd.close()
    time.sleep(0.5)


def _idle(server: Server, guests: Guests, size: Size, done: Round) -> None:
    memory, cpu = server.resident(), server.cpu()
    crowd = Crowd(server, guests.pairs)
    connecting = server.cpu() - cpu
    crowd.fleet.serve(time.monotonic() + size.settle)
    done.figures["idle_kib"] = (server.resident() - memory) / 1024 / len(guests.pairs)
    done.figures["connect_cpu_ms"] = 1000 * connecting / len(guests.pairs)
    crowd.close()
    time.sleep(1)  # hanging up is work too


def _pairs(server: Server, guests: Guests, size: Size, done: Round) -> None:
    crowd = Crowd(server, guests.pairs[: 2 * size.pairs])
    authors = [*range(0, 2 * size.pairs, 2), *range(1, 2 * size.pairs, 2)]  # one room after the other
    calm = crowd.on_timetable(authors, rate=100, seconds=size.latency)
    done.note(calm, p50_ms=calm.latency(0.5), p99_ms=calm.latency(0.99), calm_cpu_ms=_cpu_ms(calm))
    capacity = crowd.at_full_speed(authors, in_flight=4, seconds=size.capacity)
    done.note(capacity, capacity=capacity.rate)
    best = _sustained(crowd, authors, capacity.rate, size.sustained)
    done.note(best, rate=best.rate, cpu_ms=_cpu_ms(best))
    crowd.close()
    time.sleep(0.5)


def _sustained(crowd: Crowd, authors: list[int], capacity: float, seconds: float) -> Run:
    for share in STEPS:
        run = crowd.on_timetable(authors, rate=share * capacity, seconds=seconds)
        if not run.lost and run.latency(0.99) <= LATE:
            return run
    raise RuntimeError(f"Not even {STEPS[-1]:.0%} of {capacity:.0f} messages a second could be sustained.")


def _room(server: Server, guests: Guests, size: Size, done: Round) -> None:
    """A message at a time suits one server, many at once the other: each is judged by its better figure."""
    crowd = Crowd(server, guests.room, audience=size.room - 1)
    one = crowd.at_full_speed([0], in_flight=1, seconds=size.fan_out)
    many = crowd.at_full_speed(list(range(16)), in_flight=2, seconds=size.fan_out)
    done.note(one, fan_out_one=one.rate)
    done.note(many, fan_out_many=many.rate, fan_out=max(one.rate, many.rate))
    crowd.close()


def _cpu_ms(run: Run) -> float:
    return 1000 * run.server_cpu / run.deliveries
