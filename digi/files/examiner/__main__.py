"""Looks at a file that a stranger sent: `python -m digi.files.examiner check pdf pdf 10 < file`.

The arguments are a task (`check`, `read`, `compare`), a module of this package, the kind's ending and the CPU seconds
allowed. Standard output gets one JSON object: `{"ok": …}`, or `{"refused": code, "facts": {…}}`. This program knows
neither Django nor a secret, and `digi.files.services.examination` expects it to be killed at any moment.
"""

import json
import sys
from typing import Any

from digi.files.examiner.confinement import confine
from digi.files.examiner.verdicts import Refused


def main(task: str, examiner: str, ending: str, seconds: str) -> None:
    confine(int(seconds))
    try:
        answer: dict[str, Any] = {"ok": _do(task, examiner, ending)}
    except Refused as refused:
        answer = {"refused": refused.code, "facts": refused.facts}
    except MemoryError:
        answer = {"refused": "exhausting", "facts": {}}
    except Exception as error:  # a parser that stumbles says the same as one that complains
        answer = {"refused": "corrupt", "facts": {"by": type(error).__name__}}
    sys.stdout.write(json.dumps(answer))


def _do(task: str, examiner: str, ending: str) -> Any:
    from digi.files.examiner import archive, comparison, office, pdf, picture

    tasks: dict[tuple[str, str], Any] = {
        ("check", "pdf"): pdf.check,
        ("check", "archive"): archive.check,
        ("check", "office"): office.check,
        ("check", "picture"): picture.check,
        ("read", "pdf"): pdf.read,
        ("read", "office"): office.read,
        ("compare", "comparison"): comparison.compare,
    }
    with open(0, "rb") as file:
        return tasks[task, examiner](file, ending)


if __name__ == "__main__":
    main(*sys.argv[1:])
