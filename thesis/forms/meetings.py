"""What meetings take: when and where, what to speak of, what was said."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from thesis.forms import moments
from thesis.models import Meeting
from thesis.services.meetings import LONGEST

LONGEST_AGENDA, LONGEST_MINUTES = 20_000, 50_000  # characters, as for the API
MINUTES_HELP = _("A line such as “- [ ] @alice Repeat the run until 2026-12-01” becomes a task.")


class MeetingForm(forms.Form):
    starts_at = moments.time(_("Begins"), help_text=_("On your own clock."))
    minutes_long = forms.IntegerField(label=_("Length in minutes"), min_value=1, max_value=LONGEST, initial=60)
    place = forms.CharField(
        label=_("Place"), required=False, max_length=200, help_text=_("A room, or the address of a call.")
    )
    agenda = forms.CharField(
        label=_("Agenda"),
        required=False,
        max_length=LONGEST_AGENDA,
        help_text=_("Markdown: “- ” begins a point."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "meeting-%s", **kwargs})

    @classmethod
    def of(cls, meeting: Meeting, *args: Any) -> "MeetingForm":
        """To move a meeting, beginning with what it is."""
        names = ("starts_at", "minutes_long", "place", "agenda", "version")
        return cls(*args, initial={name: getattr(meeting, name) for name in names})


class MinutesForm(forms.Form):
    minutes = forms.CharField(
        label=_("Minutes"),
        required=False,
        max_length=LONGEST_MINUTES,
        help_text=MINUTES_HELP,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "minutes-%s", **kwargs})

    @classmethod
    def of(cls, meeting: Meeting, *args: Any) -> "MinutesForm":
        """To write the minutes; what was agreed to speak of is where they begin."""
        minutes = meeting.minutes or meeting.agenda
        return cls(*args, initial={"minutes": minutes, "version": meeting.version})
