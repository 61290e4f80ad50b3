"""The ways of serving as docs/operations.md prints them: what is tested is what people copy."""

import re
import shlex
import sys

from tests.servers import ROOT

OPERATIONS = ROOT / "docs" / "operations.md"
ROW = re.compile(r"^\| (?P<way>[^|]+) \| `(?P<command>[^`]+)` \| `(?P<test>[^`]+)` \|$", re.MULTILINE)
PROGRAMS = {
    "run_daphne.py": [sys.executable, "run_daphne.py"],
    **{name: [sys.executable, "-m", name] for name in ("daphne", "uvicorn", "hypercorn")},
}


def recipes() -> dict[str, tuple[str, str]]:
    """Command and test of each way."""
    return {row["way"]: (row["command"], row["test"]) for row in ROW.finditer(OPERATIONS.read_text())}


def recipe(way: str, **places: object) -> list[str]:
    """The command of a way, with the places it prints replaced: `recipe("TLS, HTTP/2", **{"/etc/digi": tmp_path})`."""
    command = recipes()[way][0]
    for place, real in places.items():
        assert place in command, f"{way} does not print {place}"
        command = command.replace(place, str(real))
    program, *options = shlex.split(command)
    return [*PROGRAMS[program], *options]
