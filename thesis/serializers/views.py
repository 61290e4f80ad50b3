"""Saved views, as the API shows and takes them."""

from typing import Any

from rest_framework import serializers

from thesis.models import Column
from thesis.serializers.fields import PageSerializer, TitleField
from thesis.services.saved_views import LONGEST, PLAIN


class SaveViewSerializer(serializers.Serializer[Any]):
    name = TitleField(max_length=LONGEST)
    query = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, default="", help_text="`state=writing&late=on&sort=-due`"
    )
    columns = serializers.ListField(
        child=serializers.ChoiceField(choices=Column.choices), max_length=20, required=False, default=list(PLAIN)
    )
    standard = serializers.BooleanField(required=False, default=False, help_text="It comes first; no other does then.")


class SavedViewSerializer(SaveViewSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)


class SavedViewsSerializer(PageSerializer):
    results = SavedViewSerializer(many=True, read_only=True)
