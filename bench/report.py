"""Medians, ratios, verdicts; as a table for people and as JSON for later."""

import json
import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from bench.measures import Round, Size

NEARLY_A_CORE = 0.85
CALM = 0.1


@dataclass(frozen=True)
class Figure:
    """One line of the table. `bound` is what Digi's figure divided by the tutorial's must reach, or stay below."""

    key: str
    title: str
    unit: str
    bound: float
    more_is_better: bool = False

    def holds(self, ratio: float) -> bool:
        """Whether the bound is kept."""
        return ratio >= self.bound if self.more_is_better else ratio <= self.bound

    @property
    def rule(self) -> str:
        """The bound in words."""
        return f"{'≥' if self.more_is_better else '≤'} {self.bound:.2f}×"


FIGURES = (
    Figure("rate", "messages a second, sustained, 50 rooms of two", "msg/s", 1 / 1.1, more_is_better=True),
    Figure("p50_ms", "latency at 100 msg/s, median", "ms", 1.1),
    Figure("p99_ms", "latency at 100 msg/s, 99th percentile", "ms", 1.1),
    Figure("cpu_ms", "server CPU for a message at the sustained rate", "ms", 1.1),
    Figure("idle_kib", "memory of an idle socket", "KiB", 1.1),
    Figure("fan_out", "deliveries a second into a room of 200", "1/s", 3, more_is_better=True),
)


def medians(rounds: list[Round]) -> dict[str, float]:
    """Each figure's median over the rounds."""
    return {key: median(one.figures[key] for one in rounds) for key in rounds[0].figures}


def table(ours: dict[str, float], theirs: dict[str, float]) -> str:
    """The comparison as a markdown table."""
    lines = ["| figure | Digi | tutorial | ratio | bound | holds |", "|---|---:|---:|---:|---:|---|"]
    for figure in FIGURES:
        mine, other = ours[figure.key], theirs[figure.key]
        ratio = mine / other
        lines.append(
            f"| {figure.title} | {_short(mine)} {figure.unit} | {_short(other)} {figure.unit} "
            f"| {ratio:.2f}× | {figure.rule} | {'yes' if figure.holds(ratio) else 'NO'} |"
        )
    return "\n".join(lines)


def all_hold(played: dict[str, list[Round]]) -> bool:
    """Whether Digi keeps every bound, having lost, doubled and reordered nothing."""
    ours, theirs = medians(played["digi"]), medians(played["tutorial"])
    return not wrong(played["digi"]) and all(figure.holds(ours[figure.key] / theirs[figure.key]) for figure in FIGURES)


def wrong(rounds: list[Round]) -> int:
    """How many deliveries were lost, doubled or out of order."""
    return sum(one.wrong for one in rounds)


def warnings(rounds: list[Round], others: float) -> list[str]:
    """What makes the figures doubtful."""
    found = []
    busiest = max(one.client_cpu for one in rounds)
    if busiest >= NEARLY_A_CORE:
        found.append(f"WARNING: the load generator used {busiest:.0%} of a core: the highest rates may be its limit.")
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
        "medians": {server: _rounded(medians(rounds)) for server, rounds in played.items()},
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
        "system": f"{platform.system()} {platform.release()}",
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
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {key: round(value, 3) for key, value in figures.items()}
