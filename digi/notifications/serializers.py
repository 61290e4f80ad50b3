"""Notifications, and what people wish to hear of, as the API shows and takes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from digi.notifications.models import Level, Timing
from digi.notifications.services.listing import Page

Wire = serializers.Serializer[Any]


class ActorSerializer(Wire):
    user = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)


class NotificationSerializer(Wire):
    """`id` names it and counts from 1; `n` is the number of its last change."""

    id = serializers.IntegerField(read_only=True)
    n = serializers.IntegerField(read_only=True)
    kind = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True, help_text="What happened, in your language.")
    title = serializers.CharField(read_only=True, help_text="What it is about.")
    why = serializers.CharField(read_only=True, help_text="Why you are told: a clause in your language.")
    reason = serializers.CharField(read_only=True)
    actor = ActorSerializer(read_only=True, allow_null=True)
    count = serializers.IntegerField(read_only=True, help_text="How often it happened while you had not read it.")
    target = serializers.CharField(read_only=True)
    url = serializers.CharField(read_only=True, help_text="The path that opens it.")
    at = serializers.CharField(read_only=True)
    seen = serializers.BooleanField(read_only=True)
    read = serializers.BooleanField(read_only=True)
    done = serializers.BooleanField(read_only=True)
    snoozed_until = serializers.CharField(read_only=True, allow_null=True)


class PageSerializer(serializers.Serializer[Page]):
    """`next` is the next page's `before`, or `after`; `last_id` is what `/ws/notifications/` takes in its hello."""

    results = NotificationSerializer(many=True, read_only=True)
    next = serializers.IntegerField(read_only=True, allow_null=True)
    last_id = serializers.IntegerField(read_only=True)
    unread = serializers.IntegerField(read_only=True)
    revoked = serializers.ListField(
        child=serializers.IntegerField(), read_only=True, help_text="Ids that you may no longer read."
    )


class NumbersSerializer(Wire):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=2**53), min_length=1, max_length=1000
    )


class NumbersOrAllSerializer(Wire):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=2**53),
        min_length=1,
        max_length=1000,
        required=False,
        help_text="Left out: all that stand in the inbox.",
    )


class SnoozeSerializer(NumbersSerializer):
    until = serializers.DateTimeField(help_text="When they come back, unread.")


class ChangedSerializer(Wire):
    changed = serializers.IntegerField(read_only=True, help_text="How many were not so already.")


class MuteSerializer(Wire):
    everywhere = serializers.BooleanField(default=False, help_text="For whatever it is about, not this target alone.")


class MutedSerializer(Wire):
    reason = serializers.CharField(read_only=True)
    why = serializers.CharField(read_only=True)
    target = serializers.CharField(read_only=True, help_text="Empty: whatever it is about.")


class MutesSerializer(Wire):
    results = MutedSerializer(many=True, read_only=True)


class TimingsSerializer(Wire):
    inbox = serializers.ChoiceField(choices=Timing.choices, required=False)
    mail = serializers.ChoiceField(choices=Timing.choices, required=False)
    browser = serializers.ChoiceField(
        choices=[(Timing.INSTANT.value, Timing.INSTANT.label), (Timing.OFF.value, Timing.OFF.label)], required=False
    )


class KindSerializer(TimingsSerializer):
    kind = serializers.CharField(max_length=64)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a field's own attribute, unused here


@extend_schema_field({"type": ["string", "null"], "pattern": "^[0-9]{2}:[0-9]{2}$", "examples": ["22:00"]})
class ClockField(serializers.TimeField):
    """Hours and minutes of a day."""

    def __init__(self) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], allow_null=True, required=False)


class HoursSerializer(Wire):
    """In your time zone. Quiet hours that end before they begin go over midnight; null: none."""

    quiet_from = ClockField()
    quiet_until = ClockField()
    digest_hour = serializers.IntegerField(min_value=0, max_value=23, required=False)
    digest_weekday = serializers.IntegerField(min_value=0, max_value=6, required=False, help_text="0 is Monday.")


class PreferencesSerializer(HoursSerializer):
    kinds = serializers.ListField(child=KindSerializer(), required=False, max_length=200)


class WatchSerializer(Wire):
    target = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True)
    level = serializers.ChoiceField(choices=Level.choices)


class WatchesSerializer(Wire):
    results = WatchSerializer(many=True, read_only=True)
