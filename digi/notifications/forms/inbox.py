"""Pages of the inbox: where in the inbox somebody is, and what they do with what stands there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts.models import User
from digi.notifications.services import later
from digi.notifications.services.listing import Shelf

SHELVES = (Shelf.INBOX, Shelf.UNREAD, Shelf.SNOOZED, Shelf.DONE)


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a shelf, perhaps of one kind alone; what an address says wrong is passed over."""

    shelf: str
    kind: str
    before: int | None

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Place":
        shelf, before = asked.get("shelf", ""), asked.get("before", "")
        return cls(
            shelf=shelf if shelf in SHELVES else Shelf.INBOX,
            kind=asked.get("kind", "").replace("\x00", "")[:64],
            before=int(before) if before.isdecimal() and len(before) < 16 else None,
        )

    def query(self, **other: Any) -> str:
        """What follows a path to get here, or elsewhere: `query(shelf="done")`; empty for the inbox itself."""
        said = {"shelf": self.shelf, "kind": self.kind, "before": self.before} | other
        kept = {name: value for name, value in said.items() if value and (name, value) != ("shelf", Shelf.INBOX)}
        return f"?{urlencode(kept)}" if kept else ""


class NumbersField(forms.Field):
    """The numbers of notifications, each of them a value of its own."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        return [int(number) for number in value or () if str(number).isdecimal() and len(number) < 16]


class ActForm(forms.Form):
    """One verb for several notifications. Putting off is `later:` with a choice of `later.choices`, or `later:day`."""

    VERBS = ("read", "read-all", "unread", "done", "reopen", "mute", "mute-everywhere", "unmute")
    verb = forms.CharField(max_length=16)
    n = NumbersField(required=False)
    day = forms.DateField(required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        verb, _colon, when = cleaned.get("verb", "").partition(":")
        cleaned["verb"] = verb
        if verb == "later":
            cleaned["until"] = self._until(when, cleaned.get("day"))
        elif verb not in self.VERBS:
            raise forms.ValidationError(_("The page does not know this."))
        return cleaned

    def _until(self, when: str, day: Any) -> datetime:
        if when == "day" and day:
            return later.morning_of(day, self.user)
        until = later.choices(self.user, timezone.now()).get(when)
        if until is None:
            raise forms.ValidationError(_("Choose a day to come."))
        return until
