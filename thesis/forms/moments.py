"""Days and times as browsers send them; times are those of the person's own clock."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

DAY = "%Y-%m-%d"
TIME = "%Y-%m-%dT%H:%M"
FIRST, LAST = date(1970, 1, 1), date(2199, 12, 31)


class DayInput(forms.DateInput):
    input_type = "date"


class TimeInput(forms.DateTimeInput):
    input_type = "datetime-local"


def day(label: Any, **options: Any) -> forms.DateField:
    within = [MinValueValidator(FIRST), MaxValueValidator(LAST)]
    widget = DayInput(format=DAY)
    return forms.DateField(label=label, widget=widget, input_formats=[DAY], validators=within, **options)


def time(label: Any, **options: Any) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, widget=TimeInput(format=TIME), input_formats=[TIME], **options)
