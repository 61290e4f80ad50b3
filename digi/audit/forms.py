"""What narrows the audit."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from digi.audit.models import AuditEvent

PEOPLE_AT_MOST = 50  # whose user names begin with what was typed


class EventFilter(forms.Form):
    """Every field narrows; a day that is none, or anything else that cannot be, is said at its field."""

    actor = forms.CharField(label=_("Who"), required=False, max_length=150, widget=forms.SearchInput())
    act = forms.CharField(label=_("Act"), required=False, max_length=64, widget=forms.SearchInput())
    target = forms.CharField(label=_("On what or whom"), required=False, max_length=200, widget=forms.SearchInput())
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    @property
    def used(self) -> list[str]:
        """The names of the fields that narrow."""
        return sorted(name for name, value in self.cleaned_data.items() if value)

    def lines(self) -> "QuerySet[AuditEvent]":
        """The newest first; none while a field is wrong."""
        found = AuditEvent.objects.select_related("actor").order_by("-n")
        if not self.is_valid():
            return found.none()
        asked = self.cleaned_data
        if asked["actor"]:
            found = found.filter(actor__in=_people(asked["actor"]).values_list("pk", flat=True)[:PEOPLE_AT_MOST])
        if asked["act"]:
            found = found.filter(action__startswith=asked["act"].lower())
        if asked["target"]:
            people = _people(asked["target"]).values_list("uuid", flat=True)[:PEOPLE_AT_MOST]
            named = Q(target__in=[f"user:{uuid}" for uuid in people])
            found = found.filter(named | Q(target__istartswith=asked["target"]))
        if asked["since"]:
            found = found.filter(at__gte=_midnight(asked["since"]))
        if asked["until"]:
            found = found.filter(at__lt=_midnight(asked["until"] + timedelta(days=1)))
        return found


def _people(words: str) -> "QuerySet[Any]":
    people: QuerySet[Any] = get_user_model()._default_manager.filter(username__istartswith=words)
    return people.order_by("pk")


def _midnight(day: date) -> datetime:
    """Where the person is."""
    return timezone.make_aware(datetime.combine(day, time.min))
