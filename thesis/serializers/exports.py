"""A list that is taken away, as JSON: a flat object for each thesis, with the columns of the other forms."""

from typing import Any

from rest_framework import serializers

from thesis.models import Kind, Visibility
from thesis.serializers.fields import MomentField
from thesis.serializers.theses import LANGUAGES
from thesis.states import State


class NamedSerializer(serializers.Serializer[Any]):
    user = serializers.CharField(read_only=True)
    display_name = serializers.CharField(read_only=True)


class ExportedThesisSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True)
    title = serializers.CharField(read_only=True)
    students = NamedSerializer(many=True, read_only=True)
    supervisors = NamedSerializer(many=True, read_only=True)
    examiners = NamedSerializer(many=True, read_only=True)
    department = serializers.CharField(read_only=True)
    programme = serializers.CharField(read_only=True)
    kind = serializers.ChoiceField(choices=Kind.choices, read_only=True)
    language = serializers.ChoiceField(choices=LANGUAGES, read_only=True)
    state = serializers.ChoiceField(choices=State.choices, read_only=True)
    start_on = serializers.DateField(read_only=True, allow_null=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    submitted_at = MomentField(read_only=True, allow_null=True)
    late = serializers.BooleanField(read_only=True)
    defence_at = MomentField(read_only=True, allow_null=True)
    milestones_done = serializers.IntegerField(read_only=True)
    milestones_all = serializers.IntegerField(read_only=True)
    visibility = serializers.ChoiceField(choices=Visibility.choices, read_only=True)
    embargo_until = serializers.DateField(read_only=True, allow_null=True)
    kept_until = serializers.DateField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)
    changed_at = MomentField(read_only=True)
    abstract = serializers.CharField(read_only=True)


class ExportedThesesSerializer(serializers.Serializer[Any]):
    results = ExportedThesisSerializer(many=True, read_only=True)
