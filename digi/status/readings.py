"""One reading of all metrics, and what has become more since the one before."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Every number by its metric's name and labels, and when it was read: seconds since 1970."""

    at: float
    numbers: dict[tuple[str, Labels], float] = field(default_factory=dict)

    def of(self, name: str) -> dict[Labels, float]:
        return {labels: number for (one, labels), number in self.numbers.items() if one == name}


@dataclass(frozen=True, slots=True)
class Change:
    """A reading and the one before it, where there is one."""

    before: Reading | None
    now: Reading

    @property
    def seconds(self) -> float:
        return max(self.now.at - self.before.at, 1.0) if self.before else 1.0

    def increase(self, name: str) -> dict[Labels, float]:
        """How much a counter has gained, by its labels. One that has begun anew has gained what it shows.

        One that was not told before is left out, as Prometheus does: it may be old, and its teller have been away.
        """
        before = self.before.of(name) if self.before else {}
        now = {labels: number for labels, number in self.now.of(name).items() if labels in before}
        return {
            labels: number - before[labels] if before[labels] <= number else number for labels, number in now.items()
        }


Measure = Callable[[Change], float | None]


def read(registry: CollectorRegistry) -> Reading:
    """Ask everything that tells; it costs what one visit to `/metrics` costs."""
    return Reading(time.time(), {(name, labels): value for name, labels, value in _samples(registry)})


def _samples(registry: CollectorRegistry) -> Iterator[tuple[str, Labels, float]]:
    for family in registry.collect():
        for sample in family.samples:
            yield sample.name, tuple(sorted(sample.labels.items())), float(sample.value)


def level(name: str, of: Callable[[list[float]], float] = sum, **labels: str) -> Measure:
    """How much there is now, over all labels or over those that have these values."""

    def measure(change: Change) -> float | None:
        found = [number for key, number in change.now.of(name).items() if labels.items() <= dict(key).items()]
        return of(found) if found else None

    return measure


def rate(name: str, *, per: float = 60, **labels: str) -> Measure:
    """How much a counter gains in so many seconds."""

    def measure(change: Change) -> float | None:
        found = [gain for key, gain in change.increase(name).items() if labels.items() <= dict(key).items()]
        return sum(found) / change.seconds * per if found else None

    return measure


def mean(name: str) -> Measure:
    """The mean of what a histogram or summary was told meanwhile; none where it was told nothing."""

    def measure(change: Change) -> float | None:
        count = sum(change.increase(f"{name}_count").values())
        return sum(change.increase(f"{name}_sum").values()) / count if count else None

    return measure


def quantile(name: str, share: float) -> Measure:
    """Below which value this share of what a histogram was told meanwhile lies, as Prometheus reckons it:

    within a bucket all values count as evenly spread, and what lies above the last bound counts as that bound.
    """

    def measure(change: Change) -> float | None:
        buckets: dict[float, float] = {}
        for labels, gain in change.increase(f"{name}_bucket").items():
            bound = float(dict(labels)["le"])
            buckets[bound] = buckets.get(bound, 0.0) + gain
        return _within(sorted(buckets.items()), share)

    return measure


def _within(buckets: list[tuple[float, float]], share: float) -> float | None:
    """Of `(bound, how many are at most that)`, rising."""
    if not buckets or not buckets[-1][1]:
        return None
    rank = buckets[-1][1] * share
    low, below = 0.0, 0.0
    for bound, count in buckets:
        if count >= rank:
            if bound == float("inf"):
                return low
            return low + (bound - low) * (rank - below) / (count - below) if count > below else bound
        low, below = bound, count
    return low
