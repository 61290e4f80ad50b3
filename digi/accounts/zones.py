"""The time zones of the IANA database, which this installation knows by name."""

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_NOT_PLACES = {"Factory", "localtime", "posixrules"}
_REGIONS = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


@cache
def zones() -> tuple[str, ...]:
    """Every zone's name, in the order of the alphabet."""
    return tuple(sorted(available_timezones() - _NOT_PLACES))


def offered(kept: str) -> list[str]:
    """What a person chooses from: the zones that are called by their places, UTC, and the one they have."""
    return [name for name in zones() if name.startswith(_REGIONS) or name in ("UTC", kept)]


def is_zone(name: str) -> bool:
    return name in zones()


def validate_zone(name: str) -> None:
    if not is_zone(name):
        raise ValidationError(_("There is no time zone of this name. Choose one such as Europe/Berlin."), code="zone")
