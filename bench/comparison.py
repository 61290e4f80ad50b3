"""Digi and the tutorial's chat, measured in turn on one machine in one run."""

import argparse
import gc
import resource
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from bench import report, servers
from bench.measures import FULL, QUICK, Guests, Round, Size, invite, play

RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Measure, print, save. 0 when every bound holds (or the run was a quick one), else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, under a minute, for a rough idea")
    parser.add_argument("--only", choices=("digi", "tutorial"), help="measure one server and compare nothing")
    options = parser.parse_args()
    size, limit = (QUICK, 60) if options.quick else (FULL, 420)
    stop_after(limit)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="digi-bench-") as folder:
        contenders = [
            make(Path(folder)) for make in (servers.digi, servers.tutorial) if options.only in (None, make.__name__)
        ]
        played = _play_rounds(contenders, size)
    if options.only:
        for key, value in report.medians(played[options.only]).items():
            print(f"{key:16} {value:10.2f}")
        return 0

    text = _written(played, size, time.monotonic() - begun)
    print(text)
    if options.quick:
        return 0
    path = report.save(RESULTS, "chat", played=played, size=size, text=text, seconds=time.monotonic() - begun)
    print(f"\nWritten to {path.relative_to(RESULTS.parent.parent)}")
    return 0 if report.all_hold(played) else 1


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


def _written(played: dict[str, list[Round]], size: Size, seconds: float) -> str:
    every = [one for rounds in played.values() for one in rounds]
    ours, theirs = report.medians(played["digi"]), report.medians(played["tutorial"])
    here = report.machine()
    lost = ", ".join(f"{name} {report.wrong(rounds)}" for name, rounds in played.items())
    lines = [
        report.table(ours, theirs),
        "",
        f"Rounds: {size.rounds}, in turn; the figures are their medians. It took {seconds:.0f} s.",
        f"Lost, doubled or out of order: {lost}.",
        f"Machine: {here['cores']} cores ({here['processor']}), Python {here['python']}, load {here['load'][0]}.",
        f"The load generator used at most {max(one.client_cpu for one in every):.0%} of a core.",
    ]
    return "\n".join([*lines, *report.warnings(every)])
