"""What processes count while they work, for `/metrics`: added up in the cache that all of them share.

Counting costs an addition in memory. At every heartbeat a process adds what it has counted since the last one to the
shared numbers, so that whichever process is asked tells of all. A Redis that was emptied begins them at 0 again, which
Prometheus knows how to read.
"""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

_lock = threading.Lock()
_counted: defaultdict[str, int] = defaultdict(int)  # since the last time it was added up
_metrics: dict[str, "Counter | Histogram"] = {}


@dataclass(frozen=True, slots=True)
class Counter:
    """How often something happened, under one of the `values` of a `label` where it has one.

    `name` ends with `_total` in what is told.
    """

    name: str
    words: str
    label: str = ""
    values: tuple[str, ...] = ("",)

    def __post_init__(self) -> None:
        _metrics[self.name] = self

    def add(self, count: int = 1, value: str = "") -> None:
        with _lock:
            _counted[f"{self.name}:{value}"] += count

    @property
    def keys(self) -> list[str]:
        return [f"{self.name}:{value}" for value in self.values]

    def told(self, numbers: dict[str, int]) -> Metric:
        family = CounterMetricFamily(self.name, self.words, labels=[self.label] if self.label else [])
        for value in self.values:
            family.add_metric([value] if self.label else [], numbers.get(f"{self.name}:{value}", 0))
        return family


@dataclass(frozen=True, slots=True)
class Histogram:
    """How large something was, each time: counted below each of the `bounds`, in units of 1/`scale`."""

    name: str
    words: str
    bounds: tuple[float, ...]
    scale: int = 1

    def __post_init__(self) -> None:
        _metrics[self.name] = self

    def observe(self, size: float) -> None:
        with _lock:
            _counted[f"{self.name}:{bisect_left(self.bounds, size)}"] += 1
            _counted[f"{self.name}:sum"] += round(size * self.scale)

    @property
    def keys(self) -> list[str]:
        return [f"{self.name}:{at}" for at in range(len(self.bounds) + 1)] + [f"{self.name}:sum"]

    def told(self, numbers: dict[str, int]) -> Metric:
        buckets, below = list[tuple[str, float]](), 0
        for at, bound in enumerate([*self.bounds, float("inf")]):
            below += numbers.get(f"{self.name}:{at}", 0)
            buckets.append(("+Inf" if bound == float("inf") else f"{bound:g}", below))
        family = HistogramMetricFamily(self.name, self.words)
        family.add_metric([], buckets, numbers.get(f"{self.name}:sum", 0) / self.scale)
        return family


def add_up() -> None:
    """Add what this process has counted to the shared numbers; what the cache does not take now is kept for later."""
    with _lock:
        counted = dict(_counted)
        _counted.clear()
    for key, count in counted.items():
        if count and not _added(key, count):
            with _lock:
                _counted[key] += count


def collect() -> Iterator[Metric]:
    """Everything that was declared, as far as it was added up: one question to the cache."""
    numbers = {_place(key): key for metric in _metrics.values() for key in metric.keys}
    found = {numbers[place]: count for place, count in cache.get_many(list(numbers)).items()}
    for metric in _metrics.values():
        yield metric.told(found)


async def beat(hub: Any) -> None:
    """At every heartbeat, in the thread for what nobody waits for."""
    hub.aside(add_up)


def _added(key: str, count: int) -> bool:
    try:
        cache.add(_place(key), 0, None)
        return bool(cache.incr(_place(key), count))  # never 0, but where Redis is away
    except ValueError:  # it was forgotten in between
        return False


def _place(key: str) -> str:
    return f"tally:{key}"
