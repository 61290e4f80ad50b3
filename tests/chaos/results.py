"""How long and how hard the cases of `tests/chaos/` are, and what came of them."""

import json
import os
from dataclasses import asdict, dataclass, field

from tests.environment import DIRECTORY

LONG = os.environ.get("DIGI_CHAOS") == "long"


def scaled(short, long):
    """The value for `make test`, or the one for `make chaos`."""
    return long if LONG else short


@dataclass
class Result:
    """A case in figures: moments in seconds, memory in MiB of the server and its workers together.

    `resent` were answered as stored already, `put_off` were refused for the moment. 99 % arrived within `most`, all
    within `longest`; `late` is the longest beyond the fault.
    """

    case: str
    seconds: float
    changes: int
    resent: int
    put_off: int
    most: float
    longest: float
    late: float
    memory: tuple[float, float, float]
    notes: list[str] = field(default_factory=list)


KEPT = DIRECTORY / "chaos.jsonl"  # the cases may run in several processes

HEAD = (
    "| case | s | changes | resent | put off | lost | twice | 99 % within, s | longest, s | late, s"
    " | MiB before, most, after | notes |"
)


def keep(result: Result) -> None:
    with KEPT.open("a") as file:
        file.write(json.dumps(asdict(result)) + "\n")


def table() -> list[str]:
    """All results as a Markdown table. A case that lost anything, or had it twice, failed and is not here."""
    if not KEPT.exists():
        return []
    lines = [HEAD, "|---" * 12 + "|"]
    for one in sorted((Result(**json.loads(line)) for line in KEPT.read_text().splitlines()), key=lambda one: one.case):
        memory = ", ".join(f"{part:.0f}" for part in one.memory)
        lines.append(
            f"| {one.case} | {one.seconds:.0f} | {one.changes} | {one.resent} | {one.put_off} | 0 | 0"
            f" | {one.most:.2f} | {one.longest:.2f} | {one.late:.2f} | {memory} | {'; '.join(one.notes)} |"
        )
    return lines
