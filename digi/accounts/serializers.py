"""People as the API shows them."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from digi.accounts.models import CalendarFeed, User
from digi.api import MomentField


class PersonSerializer(serializers.Serializer[User]):
    """A person as others see them: no address."""

    user = serializers.CharField(source="username", read_only=True)
    display_name = serializers.CharField(source="get_full_name", read_only=True)
    initials = serializers.CharField(read_only=True)
    tint = serializers.IntegerField(read_only=True, help_text="Which of eight avatar colours, 1–8.")
    avatar = serializers.SerializerMethodField()

    def get_avatar(self, user: User) -> str | None:
        return reverse("files:download", args=[user.avatar.uuid]) if user.avatar else None


class PeopleSerializer(serializers.Serializer[Any]):
    results = PersonSerializer(many=True, read_only=True)


class MeSerializer(PersonSerializer):
    """What a person may see and change of themselves."""

    display_name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    language = serializers.CharField(required=False, max_length=8)
    time_zone = serializers.CharField(required=False, max_length=64)
    invisible = serializers.BooleanField(required=False)
    single_keys = serializers.BooleanField(required=False)


class CalendarSerializer(serializers.Serializer[CalendarFeed]):
    shared = serializers.SerializerMethodField(help_text="Is there a link?")
    created_at = MomentField(read_only=True, allow_null=True)
    last_used_at = MomentField(read_only=True, allow_null=True, help_text="To the hour.")

    def get_shared(self, feed: CalendarFeed) -> bool:
        return feed.pk is not None


class NewCalendarSerializer(CalendarSerializer):
    url = serializers.URLField(read_only=True, help_text="Shown once: whoever has it reads your calendar.")


class GoesSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(read_only=True, help_text="Its place in the archive of `me/export/`.")
    what = serializers.CharField(source="label", read_only=True)
    count = serializers.IntegerField(read_only=True)


class StaysSerializer(GoesSerializer):
    why = serializers.CharField(read_only=True)


class ErasureSerializer(serializers.Serializer[Any]):
    """Places where nothing is held are left out."""

    goes = GoesSerializer(many=True, read_only=True)
    stays = StaysSerializer(many=True, read_only=True)


class EraseSerializer(serializers.Serializer[Any]):
    password = serializers.CharField(
        required=False, allow_blank=True, trim_whitespace=False, max_length=1000, default="", write_only=True
    )
    username = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=150,
        default="",
        write_only=True,
        help_text="Instead of the password, and only within minutes of a fresh sign-in.",
    )
