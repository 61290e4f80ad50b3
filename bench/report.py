"""Figures, bounds and verdicts; as a table for people and as JSON for later."""

import json
import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from bench.measures import Round, Size

CALM = 0.1
Medians = dict[str, dict[str, float]]  # contender → figure → median of its rounds


@dataclass(frozen=True)
class Bound:
    """A line of the table: a figure of one contender against another's, or against a number of its own `unit`.

    `must` and `aim` are factors where there is an opponent, else values; `more` says which way is better.
    """

    title: str
    key: str
    unit: str
    must: float
    aim: float | None = None
    more: bool = False
    of: str = "digi"
    against: str | None = "tutorial"

    def value(self, medians: Medians) -> float:
        return medians[self.of][self.key]

    def opponent(self, medians: Medians) -> float | None:
        return medians[self.against][self.key] if self.against else None

    def judged(self, medians: Medians) -> float:
        """What `must` and `aim` are held against: the factor, or the value itself."""
        other = self.opponent(medians)
        return self.value(medians) / other if other else self.value(medians)

    def reaches(self, medians: Medians, bound: float) -> bool:
        return self.judged(medians) >= bound if self.more else self.judged(medians) <= bound

    def rule(self, bound: float) -> str:
        """Such as `≥ 20×` or `≤ 1/15`."""
        sign = "≥" if self.more else "≤"
        if not self.against:
            return f"{sign} {bound:g}"
        return f"{sign} {bound:g}×" if bound >= 0.5 else f"{sign} 1/{1 / bound:g}"


BOUNDS = (
    Bound("durable messages a second, 50 rooms of two", "rate", "msg/s", 20, 35, more=True),
    Bound("server CPU for a message at that rate", "cpu_ms", "ms", 1 / 15, 1 / 30),
    Bound("latency at 100 msg/s, median", "p50_ms", "ms", 1.1),
    Bound("latency at 100 msg/s, 99th percentile", "p99_ms", "ms", 1.1),
    Bound("latency at 500 msg/s, 99th percentile", "p99_500_ms", "ms", 4, 1.5, against=None),
    Bound("latency at 2 000 msg/s and a sign-in a second, 99th percentile", "p99_2000_ms", "ms", 8, 3, against=None),
    Bound("deliveries a second into a room of 200", "fan_out", "1/s", 14, 20, more=True),
    Bound("memory of an idle socket, 1 000 of them", "idle_kib", "KiB", 26, 21, against=None),
    Bound("memory of an idle socket, 5 000 of them", "many_kib", "KiB", 26, 21, against=None),
    Bound("server CPU for a connect", "connect_cpu_ms", "ms", 1.5, 0.7, against=None),
    Bound("lost on Redis at 500 msg/s", "lost_500", "", 0, 0, of="redis", against=None),
    Bound("lost on Redis at the highest rate", "lost", "", 0, 0, of="redis", against=None),
    Bound("two workers on Redis, messages a second", "rate", "msg/s", 1, 1.2, more=True, of="workers", against="redis"),
    Bound("two workers on Redis, lost", "lost", "", 0, 0, of="workers", against=None),
)


def medians_of(played: dict[str, list[Round]]) -> Medians:
    """Each contender's figures, medians over its rounds; of what was lost, all."""
    return {name: medians(rounds) for name, rounds in played.items()}


def medians(rounds: list[Round]) -> dict[str, float]:
    """Each figure's median over the rounds; of what was lost, the sum."""

    def of(key: str) -> Callable[[list[float]], float]:
        return sum if key.startswith("lost") else median

    return {key: of(key)([one.figures[key] for one in rounds]) for key in rounds[0].figures}


def table(found: Medians) -> str:
    """The bounds as a markdown table."""
    lines = ["| figure | Digi | against | factor | must | aim | |", "|---|---:|---:|---:|---|---|---|"]
    for bound in BOUNDS:
        other = bound.opponent(found)
        lines.append(
            f"| {bound.title} | {_short(bound.value(found))} {bound.unit}".rstrip()
            + f" | {f'{_short(other)} {bound.unit} ({bound.against})' if other else ''}"
            + f" | {_factor(bound.judged(found)) if other else ''} | {bound.rule(bound.must)}"
            + f" | {bound.rule(bound.aim) if bound.aim is not None else ''} | {_verdict(bound, found)} |"
        )
    return "\n".join(lines)


def all_figures(found: Medians) -> str:
    """Every figure of every contender as a markdown table."""
    keys = dict.fromkeys(key for figures in found.values() for key in figures)
    lines = [f"| | {' | '.join(found)} |", "|---|" + "---:|" * len(found)]
    for key in keys:
        cells = [_short(figures[key]) if key in figures else "" for figures in found.values()]
        lines.append(f"| {key} | {' | '.join(cells)} |")
    return "\n".join(lines)


def all_hold(played: dict[str, list[Round]]) -> bool:
    """Whether Digi keeps every bound, having lost, doubled and reordered nothing."""
    found = medians_of(played)
    ours = sum(wrong(rounds) for name, rounds in played.items() if name != "tutorial")
    return not ours and all(bound.reaches(found, bound.must) for bound in BOUNDS)


def _verdict(bound: Bound, found: Medians) -> str:
    if not bound.reaches(found, bound.must):
        return "MISSED"
    return "aim" if bound.aim is not None and bound.reaches(found, bound.aim) else "yes"


def _factor(value: float) -> str:
    return f"{value:.2f}×" if value >= 0.5 else f"1/{1 / value:.1f}"


def wrong(rounds: list[Round]) -> int:
    """How many deliveries were lost, doubled or out of order."""
    return sum(one.wrong for one in rounds)


def warnings(rounds: list[Round], others: float) -> list[str]:
    """What makes the figures doubtful."""
    found = []
    busiest = max(one.client_cpu for one in rounds)
    limited = sorted({key for one in rounds for key in one.limited})
    if limited:
        found.append(
            f"WARNING: the load generator used {busiest:.0%} of a core; "
            f"it, not the server, may limit {', '.join(limited)}."
        )
    if others >= CALM:
        found.append("WARNING: the machine was not calm; above all the 99th percentile is not to be trusted.")
    return found


def save(folder: Path, name: str, *, played: dict[str, list[Round]], size: Size, text: str, others: float) -> Path:
    """Write `<name>-<date>.json` with every round and `.md` with the table; returns the JSON file's path."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{datetime.now(UTC):%Y-%m-%d}.json"
    content: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "other_processes": round(others, 3),
        "machine": machine(),
        "size": vars(size),
        "medians": {server: _rounded(figures) for server, figures in medians_of(played).items()},
        "rounds": {server: [_rounded(one.figures) for one in rounds] for server, rounds in played.items()},
        "wrong": {server: wrong(rounds) for server, rounds in played.items()},
        "client_cpu": {server: round(max(one.client_cpu for one in rounds), 3) for server, rounds in played.items()},
    }
    path.write_text(json.dumps(content, indent=2) + "\n")
    path.with_suffix(".md").write_text(text + "\n")
    return path


def machine() -> dict[str, Any]:
    """What the figures hang on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
        "python": platform.python_version(),
        "load": [round(one, 2) for one in os.getloadavg()],
        "versions": {name: version(name) for name in ("Django", "channels", "daphne", "Twisted", "autobahn", "uvloop")},
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _short(value: float) -> str:
    if value == int(value) and value < 100:
        return f"{value:.0f}"
    return (
        f"{value:,.0f}"
        if value >= 100
        else f"{value:.3f}"
        if value < 1
        else f"{value:.2f}"
        if value < 10
        else f"{value:.1f}"
    )


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {key: round(value, 3) for key, value in figures.items()}
