"""Tasks that leave a trace in a file."""

import time
from pathlib import Path

from digi.worker.registry import task


@task(tries=2)
def note(*, path: str, text: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{text}\n")


@task(tries=2)
def fail(*, path: str) -> None:
    note.work(path=path, text="tried")
    raise ValueError("this goes wrong")


@task()
def linger(*, path: str) -> None:
    """Begin, and go on only when a file says so."""
    note.work(path=path, text="begun")
    while not Path(f"{path}.go").exists():
        time.sleep(0.02)
    note.work(path=path, text="done")
