"""How the pages of cameras write times and reasons."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.formats import date_format

from camera import words
from camera.models import Camera

register = template.Library()


@register.filter
def near(at: datetime) -> str:
    """A time in the person's zone: "14:02" today, "Wed, 14:02" this week, with the date before."""
    here = timezone.localtime(at)
    age = (timezone.localdate() - here.date()).days
    if age <= 0:
        return written(here, "H:i")
    if age < 7:
        return written(here, "D, H:i")
    return f"{date_format(here, 'DATE_FORMAT')}, {written(here, 'H:i')}"


@register.filter
def lasted(seconds: float) -> str:
    """A length of time: "0:42", "1:02:09"."""
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


@register.filter
def why_offline(camera: Camera) -> str:
    """Why a camera is offline, as a sentence."""
    return words.reason("lost" if camera.online_since else camera.offline_reason or "never")
