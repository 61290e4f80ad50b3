"""What was measured, a row a minute, and which processes there are."""

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MINUTE, QUARTER = 1, 15


def short(number: float) -> float:
    """Six significant digits: nobody reads more, and rows stay small."""
    return float(f"{number:.6g}")


class Spread(NamedTuple):
    """One number over some time: its least, its mean, its greatest."""

    low: float
    mean: float
    high: float

    @classmethod
    def over(cls, parts: list["Spread"]) -> "Spread":
        """Of parts that lasted equally long."""
        mean = sum(part.mean for part in parts) / len(parts)
        return cls(min(part.low for part in parts), mean, max(part.high for part in parts))


class SampleQuerySet(models.QuerySet["Sample"]):
    def minutes(self) -> Self:
        return self.filter(minutes=MINUTE)

    def quarters(self) -> Self:
        return self.filter(minutes=QUARTER)


class Sample(models.Model):
    """What the metrics said in one minute, or in the minutes of a quarter of an hour.

    `numbers` are named as in `digi.status.series`: one for a minute, `[low, mean, high]` for a quarter. What was not
    told is not there, and where nothing measured there is no row.
    """

    at = models.DateTimeField(_("from"))
    minutes = models.SmallIntegerField(_("minutes"), default=MINUTE)
    numbers = models.JSONField(_("numbers"), default=dict)

    objects = SampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")
        ordering = ("at",)
        constraints = (models.UniqueConstraint(fields=("minutes", "at"), name="status_sample_once"),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} +{self.minutes}"

    def spreads(self) -> dict[str, Spread]:
        """Its numbers, all in the shape of a quarter's."""
        return {
            name: Spread(*said) if isinstance(said, list) else Spread(said, said, said)
            for name, said in self.numbers.items()
        }


class Kind(models.TextChoices):
    SERVER = "server", _("server")
    WORKER = "worker", _("worker")


class Process(models.Model):
    """A process of this installation; it says every half minute or minute that it lives."""

    SILENCE = {Kind.SERVER: timedelta(seconds=80), Kind.WORKER: timedelta(minutes=3)}  # after which it counts as ended

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    host = models.CharField(_("machine"), max_length=64)
    pid = models.IntegerField(_("process id"))
    version = models.CharField(_("release"), max_length=32)
    started_at = models.DateTimeField(_("started"))
    seen_at = models.DateTimeField(_("last heard of"), default=timezone.now, db_index=True)
    sockets = models.IntegerField(_("open sockets"), default=0)
    memory = models.BigIntegerField(_("bytes of memory"), null=True)

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        ordering = ("kind", "started_at", "pk")

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"

    def is_alive(self, now: datetime) -> bool:
        """Was it heard of lately?"""
        return self.seen_at > now - self.SILENCE[Kind(self.kind)]
