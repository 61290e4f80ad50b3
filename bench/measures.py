"""One round of the measurements that a contender takes part in, against its running server."""

import subprocess
import sys
import time
from dataclasses import dataclass, field

from bench.crowd import Crowd, Run
from bench.people import Person
from bench.servers import PASSWORD, ROOT, Contender, Server

LATE = 500.0  # milliseconds: a rate counts as sustained while 99 % of the messages arrive sooner
TRIES = 8  # timetables, each 5 % below what the one before has shown to be too much
BUSY = 2000  # messages a second, while somebody signs in each second


@dataclass(frozen=True)
class Size:
    """How long and how large a round is; seconds, and numbers of people."""

    rounds: int
    idle: int
    many: int
    settle: float
    latency: float
    capacity: float
    sustained: float
    fan_out: float
    pairs: int = 50
    room: int = 200


FULL = Size(rounds=3, idle=1000, many=5000, settle=2, latency=8, capacity=3, sustained=3, fan_out=2)
QUICK = Size(rounds=1, idle=300, many=600, settle=1, latency=3, capacity=1.5, sustained=1.5, fan_out=1)


@dataclass(frozen=True)
class Guests:
    """The people of one contender, made once for all rounds."""

    pairs: list[Person]
    room: list[Person]


@dataclass
class Round:
    """What one round measured; the largest share of a core that the load generator used; deliveries gone wrong.

    `limited` names the rates that the load generator may have kept down, being as busy as a core allows.
    """

    figures: dict[str, float]
    client_cpu: float = 0.0
    wrong: int = 0
    limited: set[str] = field(default_factory=set)

    def note(self, run: Run, **figures: float) -> None:
        """Keep figures of a run, and count what it lost, doubled or reordered."""
        self.wrong += run.lost + run.disordered
        self.client_cpu = max(self.client_cpu, run.client_cpu)
        if run.client_cpu >= 0.85:
            self.limited.update(figures)
        self.figures.update(figures)


def invite(contender: Contender, size: Size) -> Guests:
    """Make the database and everybody in it."""
    contender.prepare()
    measures = contender.measures
    count = size.many if "many" in measures else size.idle if "idle" in measures else 2 * size.pairs
    return Guests(
        pairs=contender.people(count, signs_in="busy" in measures),
        room=contender.people(size.room, room=True) if "room" in measures else [],
    )


def play(server: Server, guests: Guests, size: Size) -> Round:
    """One round. Memory comes first, while the process has no free memory of its own to reuse."""
    done = Round({})
    measures = server.contender.measures
    _warm_up(server, guests)
    if "idle" in measures:
        _idle(server, guests, size, done)
    _pairs(server, guests, size, done)
    if "room" in measures:
        _room(server, guests, size, done)
    return done


def _warm_up(server: Server, guests: Guests) -> None:
    """Every room has been written in before: its keys exist, and its first messages are told of."""
    count = min(100, len(guests.pairs))
    crowd = Crowd(server, guests.pairs[:count])
    for _ in range(10):
        crowd.on_timetable(list(range(count)), rate=1000, seconds=count / 1000)
    crowd.close()
    _rest(server)


def _rest(server: Server) -> None:
    """Hanging up is work too, and people count as gone a little later: wait until the server idles."""
    for _ in range(30):
        time.sleep(1)
        used = server.cpu()
        time.sleep(0.5)
        if server.cpu() - used < 0.02:
            return


def _idle(server: Server, guests: Guests, size: Size, done: Round) -> None:
    memory, cpu = server.resident(), server.cpu()
    crowd = Crowd(server, guests.pairs[: size.idle])
    connecting = server.cpu() - cpu
    crowd.fleet.serve(time.monotonic() + size.settle)
    done.figures["idle_kib"] = (server.resident() - memory) / 1024 / size.idle
    done.figures["connect_cpu_ms"] = 1000 * connecting / size.idle
    if "many" in server.contender.measures:
        others = Crowd(server, guests.pairs[size.idle : size.many])
        others.fleet.serve(time.monotonic() + size.settle)
        done.figures["many_kib"] = (server.resident() - memory) / 1024 / size.many
        others.close()
    crowd.close()
    time.sleep(3)  # only then do people who have closed a page count as gone
    _rest(server)


def _pairs(server: Server, guests: Guests, size: Size, done: Round) -> None:
    measures = server.contender.measures
    crowd = Crowd(server, guests.pairs[: 2 * size.pairs])
    authors = [*range(0, 2 * size.pairs, 2), *range(1, 2 * size.pairs, 2)]  # one room after the other
    if "calm" in measures:
        calm = crowd.on_timetable(authors, rate=100, seconds=size.latency)
        done.note(calm, p50_ms=calm.latency(0.5), p99_ms=calm.latency(0.99), calm_cpu_ms=_cpu_ms(calm))
    if "brisk" in measures:
        brisk = crowd.on_timetable(authors, rate=500, seconds=size.latency)
        done.note(brisk, p50_500_ms=brisk.latency(0.5), p99_500_ms=brisk.latency(0.99), lost_500=brisk.lost)
    if "busy" in measures:
        busy = _while_signing_in(server, guests.pairs[0], crowd, authors, size.latency)
        done.note(busy, p50_2000_ms=busy.latency(0.5), p99_2000_ms=busy.latency(0.99))
    tried = [crowd.at_full_speed(authors, in_flight=count, seconds=size.capacity) for count in (4, 16)]
    capacity = max(tried, key=lambda run: run.rate)
    done.note(capacity, capacity=capacity.rate, capacity_cpu_ms=_cpu_ms(capacity))
    best = _sustained(crowd, authors, capacity.rate, size.sustained)
    done.note(best, rate=best.rate, cpu_ms=_cpu_ms(best), lost=best.lost + sum(run.lost for run in tried))
    crowd.close()
    time.sleep(0.5)


def _while_signing_in(server: Server, person: Person, crowd: Crowd, authors: list[int], seconds: float) -> Run:
    arguments = [str(server.port), person.user, PASSWORD, str(seconds + 1)]
    browser = subprocess.Popen([sys.executable, "-m", "bench.signing_in", *arguments], cwd=ROOT, stdout=subprocess.PIPE)
    assert browser.stdout is not None
    browser.stdout.readline()  # the first one, which reads what this server has never read, is done
    run = crowd.on_timetable(authors, rate=BUSY, seconds=seconds)
    browser.communicate(timeout=60)
    if browser.returncode:
        raise RuntimeError(f"{server.contender.name}: a sign-in beside the load failed.")
    return run


def _sustained(crowd: Crowd, authors: list[int], capacity: float, seconds: float) -> Run:
    """The fastest timetable that was kept: down from the capacity, then once half-way back.

    A moment in which the machine was slow would else decide how far down it went.
    """
    rate, too_much = 0.95 * capacity, capacity
    for _ in range(TRIES):
        run = crowd.on_timetable(authors, rate=rate, seconds=seconds)
        if _kept(run):
            break
        got_through = rate if run.lost else min(rate, run.rate)
        rate, too_much = 0.95 * got_through, rate
    else:
        raise RuntimeError(f"Not even {rate:.0f} of {capacity:.0f} messages a second could be sustained.")

    again = crowd.on_timetable(authors, rate=(rate + too_much) / 2, seconds=seconds)
    return again if _kept(again) and again.rate > run.rate else run


def _kept(run: Run) -> bool:
    return not run.lost and run.latency(0.99) <= LATE


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
