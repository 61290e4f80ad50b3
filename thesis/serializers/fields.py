"""Fields that several shapes share, and people as they stand in them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from rest_framework import serializers

from digi.accounts import names
from digi.accounts.models import User
from digi.accounts.serializers import PersonSerializer
from digi.api import MomentField

EARLIEST, LATEST = date(1970, 1, 1), date(2200, 1, 1)


class TitleField(serializers.CharField):
    """A text in one line, without invisible characters; its length counts as it is kept."""

    def to_internal_value(self, data: Any) -> str:
        text = names.visible(super().to_internal_value(data))
        if not text and not self.allow_blank:
            self.fail("blank")
        return text


class DayField(serializers.DateField):
    """A day, such as 2026-04-30, from 1970 to 2199."""

    default_error_messages = {"range": "A day from 1970 to 2199."}

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if not EARLIEST <= day < LATEST:
            self.fail("range")
        return day


class TimeField(MomentField):
    """A time; what is sent has a zone or is UTC, and lies from 1970 to 2199."""

    default_error_messages = {"range": "A time from 1970 to 2199."}

    def to_internal_value(self, value: Any) -> datetime:
        at = super().to_internal_value(value)
        if not EARLIEST.year < at.year < LATEST.year:
            self.fail("range")
        return at.astimezone(UTC)


class UserField(serializers.CharField):
    """A user name."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "A user name.")
        super().__init__(max_length=150, **kwargs)


_person = PersonSerializer()


def people(users: Iterable[User]) -> list[Any]:
    """As PersonSerializer shows them; one serializer for all, since making one costs more than using it."""
    return [_person.to_representation(user) for user in users]


class PageSerializer(serializers.Serializer[Any]):
    """A page, and the cursor `after` of the next one; null: this is the last."""

    next = serializers.UUIDField(read_only=True, allow_null=True)


__all__ = [
    "DayField",
    "MomentField",
    "PageSerializer",
    "PersonSerializer",
    "TimeField",
    "TitleField",
    "UserField",
    "people",
]
