"""Digi, served in three ways, and the tutorial's chat, measured in turn on one machine in one run."""

import argparse
import gc
import os
import resource
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

import psutil

from bench import report, servers
from bench.measures import FULL, QUICK, Guests, Round, Size, invite, play

RESULTS = Path(__file__).parent / "results"
CONTENDERS = ("digi", "tutorial", "redis", "workers")


def main() -> int:
    """Measure, print, save. 0 when every bound holds (or the run was a quick one), else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, about a minute, for a rough idea")
    parser.add_argument("--only", choices=CONTENDERS, help="measure one server and compare nothing")
    options = parser.parse_args()
    size, limit = (QUICK, 180) if options.quick else (FULL, 900)  # seconds; a calm machine needs 80 and 500
    stop_after(limit)
    company = Company()
    with tempfile.TemporaryDirectory(prefix="digi-bench-") as name:
        folder = Path(name)
        with servers.redis_server(folder) as redis_url:
            every = [
                servers.digi(folder),
                servers.tutorial(folder),
                servers.digi_on_redis(folder, redis_url),
                servers.digi_with_two_workers(folder, redis_url),
            ]
            played = _play_rounds([one for one in every if options.only in (None, one.name)], size)
    if options.only:
        print(report.all_figures(report.medians_of(played)))
        return 0

    others = company.share()
    text = _written(played, size, others, time.monotonic() - company.since)
    print(text)
    if options.quick:
        return 0
    path = report.save(RESULTS, "delivery", played=played, size=size, text=text, others=others)
    print(f"\nWritten to {path.relative_to(RESULTS.parent.parent)}")
    return 0 if report.all_hold(played) else 1


class Company:
    """What other processes of this machine use while we measure."""

    def __init__(self) -> None:
        self.since = time.monotonic()
        self._others = self._now()

    def share(self) -> float:
        """The share of all cores that was not ours, from the start until now, all our children being gone."""
        cores = os.cpu_count() or 1
        return max(0.0, (self._now() - self._others) / (time.monotonic() - self.since) / cores)

    def _now(self) -> float:
        machine = psutil.cpu_times()
        own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        mine = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
        return float(machine.user + machine.nice + machine.system + machine.irq + machine.softirq) - mine


def stop_after(seconds: int) -> None:
    """End this process, and with it the servers it started, after so many seconds or when asked to terminate."""

    def stop(number: int, frame: FrameType | None) -> None:
        sys.exit(f"Stopped: {seconds} s are over." if number == signal.SIGALRM else "Stopped.")

    signal.signal(signal.SIGALRM, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.alarm(seconds)


def _play_rounds(contenders: list[servers.Contender], size: Size) -> dict[str, list[Round]]:
    """Rounds in turn, A B A B A B, so that what else the machine does falls on both."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))  # the servers inherit it
    gc.disable()  # a pause of the load generator would be told as the server's latency
    guests: dict[str, Guests] = {one.name: invite(one, size) for one in contenders}
    played: dict[str, list[Round]] = {one.name: [] for one in contenders}
    for number in range(size.rounds):
        for contender in contenders:
            print(f"Round {number + 1} of {size.rounds}: {contender.name} …", file=sys.stderr, flush=True)
            with contender.running() as server:
                played[contender.name].append(play(server, guests[contender.name], size))
    return played


def _written(played: dict[str, list[Round]], size: Size, others: float, seconds: float) -> str:
    every = [one for rounds in played.values() for one in rounds]
    found = report.medians_of(played)
    here = report.machine()
    lost = ", ".join(f"{name} {report.wrong(rounds)}" for name, rounds in played.items())
    lines = [
        report.table(found),
        "",
        f"Rounds: {size.rounds}, in turn; the figures are their medians. It took {seconds:.0f} s.",
        f"Lost, doubled or out of order: {lost}.",
        f"Machine: {here['cores']} cores ({here['processor']}), Python {here['python']}.",
        f"The load generator used at most {max(one.client_cpu for one in every):.0%} of a core,",
        f"processes that had nothing to do with it {others:.0%} of the machine.",
        *report.warnings(every, others),
        "",
        report.all_figures(found),
    ]
    return "\n".join(lines)
