"""What the worker can do: tasks, which are asked for with arguments, and duties, which look for what is due."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Task:
    """Work that is asked for by `jobs.later`; it may run twice (after a crash), so a second run must do no harm."""

    name: str
    work: Callable[..., object]
    tries: int


@dataclass(frozen=True, slots=True)
class Duty:
    """Work that finds out by itself what is due, and does nothing where nothing is."""

    name: str
    work: Callable[[], object]
    minutes: int


tasks: dict[str, Task] = {}
duties: dict[str, Duty] = {}


def task(*, tries: int = 5) -> Callable[[Callable[..., object]], Task]:
    """Make a task of a function with keyword arguments that JSON can hold: `@task()`, in an app's `tasks.py`.

    It is tried `tries` times, with growing pauses, before it counts as failed.
    """

    def register(work: Callable[..., object]) -> Task:
        made = Task(f"{work.__module__}.{work.__qualname__}", work, tries)
        tasks[made.name] = made
        return made

    return register


def duty(name: str, work: Callable[[], object], *, minutes: int) -> None:
    """`work` runs when the worker starts, every so many minutes of the clock, and when `queue.wake(name)` asks."""
    duties[name] = Duty(name, work, minutes)
