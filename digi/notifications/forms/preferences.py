"""What reaches a person and how, as one form: a choice for each kind and channel, and the hours."""

from collections import Counter
from collections.abc import Iterator
from datetime import time
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digi.accounts.models import User
from digi.notifications.kinds import kinds
from digi.notifications.models import Channel, Timing
from digi.notifications.services import inboxes, wishes

LIVE = [(Timing.INSTANT.value, Timing.INSTANT.label), (Timing.OFF.value, Timing.OFF.label)]


class ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class PreferencesForm(forms.Form):
    """Fields are named `<kind>:<channel>`. `conflict` is filled where somebody has changed something meanwhile."""

    quiet_from = forms.TimeField(label=gettext_lazy("Quiet from"), required=False, widget=ClockInput)
    quiet_until = forms.TimeField(label=gettext_lazy("Quiet until"), required=False, widget=ClockInput)
    digest_hour = forms.TypedChoiceField(label=gettext_lazy("Digests go at"), coerce=int, choices=())
    digest_weekday = forms.TypedChoiceField(
        label=gettext_lazy("Weekly ones on"), coerce=int, choices=list(WEEKDAYS.items())
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        self.timings = _by_app(wishes.preferences_of(user))
        box = inboxes.inbox_of(user.pk)
        initial: dict[str, Any] = {name: getattr(box, name) for name in wishes.HOURS}
        initial |= {f"{kind}:{channel}": at for kind, ways in self.timings.items() for channel, at in ways.items()}
        super().__init__(data, initial=initial)
        self.is_stale = False
        self.conflict: list[dict[str, str]] = []
        self.fields["digest_hour"].choices = [(hour, f"{hour:02}:00") for hour in range(24)]  # type: ignore[attr-defined]
        for kind in self.timings:
            for channel in Channel:
                choices = LIVE if channel == Channel.BROWSER else Timing.choices
                self.fields[f"{kind}:{channel}"] = forms.ChoiceField(label=channel.label, choices=choices)

    def rows(self) -> Iterator[tuple[str, Any, list[BoundField]]]:
        """Each kind with its label and its three fields."""
        for kind in self.timings:
            yield kind, kinds[kind].label, [self[f"{kind}:{channel}"] for channel in Channel]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        begin, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        faulty = {"quiet_from", "quiet_until"} & set(self.errors)
        if not faulty and (begin is None) != (end is None):
            self.add_error(
                "quiet_until" if end is None else "quiet_from", _("Quiet hours need a beginning and an end.")
            )
        return cleaned

    def asked(self) -> dict[str, Any]:
        """What `wishes.change` takes."""
        chosen = [
            {"kind": kind} | {channel: self.cleaned_data[f"{kind}:{channel}"] for channel in Channel.values}
            for kind in self.timings
        ]
        return {"kinds": chosen, "hours": {name: self.cleaned_data[name] for name in wishes.HOURS}}

    def compare(self) -> None:
        """Name what stands now and what was given, where they differ."""
        self.is_stale = True
        for name, field in self.fields.items():
            now, given = self.initial[name], self.cleaned_data[name]
            if now != given:
                self.conflict.append(
                    {"label": self._named(name), "theirs": _said(field, now), "mine": _said(field, given)}
                )

    def _named(self, name: str) -> str:
        kind, colon, _channel = name.partition(":")
        label = self.fields[name].label
        return f"{kinds[kind].label}, {label}" if colon else str(label)


def _by_app(timings: dict[str, dict[str, Timing]]) -> dict[str, dict[str, Timing]]:
    """What tells most comes first: people look for a thesis' remarks before an errand of a webhook."""
    apps = Counter(kind.partition(".")[0] for kind in timings)
    return dict(sorted(timings.items(), key=lambda item: -apps[item[0].partition(".")[0]]))


def _said(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    return value.strftime("%H:%M") if isinstance(value, time) else "–"
