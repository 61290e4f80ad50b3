"""What concerns a person now."""

from datetime import date, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from digi.moments import moment
from thesis.models import ChangeRequest, Extension, RequestState, Task, Thesis
from thesis.serializers.fields import MomentField, PersonSerializer, people
from thesis.services.appointments import KINDS, Appointment
from thesis.services.calendar import summary
from thesis.services.dashboard import Office
from thesis.services.waiting import Waiting
from thesis.states import ApplicationState, Part, State


class ThesisNameSerializer(serializers.Serializer[Thesis]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    title = serializers.CharField(read_only=True)


class OwnTaskSerializer(serializers.Serializer[Task]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    title = serializers.CharField(read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    thesis = ThesisNameSerializer(read_only=True)


class DateSerializer(serializers.Serializer[Appointment]):
    """A whole day is `on`, a time is `at`; `id` is the public id of what `kind` says, `of` of what it belongs to."""

    kind = serializers.ChoiceField(choices=KINDS, read_only=True)
    id = serializers.UUIDField(source="row.uuid", read_only=True)
    of = serializers.UUIDField(source="subject.uuid", read_only=True)
    on = serializers.SerializerMethodField()
    at = serializers.SerializerMethodField()
    summary = serializers.SerializerMethodField()
    place = serializers.CharField(read_only=True)

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_on(self, found: Appointment) -> date | None:
        return None if isinstance(found.start, datetime) else found.start

    @extend_schema_field(MomentField(allow_null=True))
    def get_at(self, found: Appointment) -> str | None:
        return moment(found.start) if isinstance(found.start, datetime) else None

    def get_summary(self, found: Appointment) -> str:
        return summary(found)


class WaitingSerializer(serializers.Serializer[Waiting]):
    """It waits for `people`, who are `turn` to it; `mine`: you are among them. Nobody there: somebody is missing."""

    id = serializers.UUIDField(source="subject.uuid", read_only=True)
    title = serializers.CharField(source="subject.title", read_only=True)
    turn = serializers.ChoiceField(choices=Part.choices, read_only=True)
    people = serializers.SerializerMethodField()
    mine = serializers.BooleanField(read_only=True)
    since = MomentField(read_only=True)

    @extend_schema_field(PersonSerializer(many=True))
    def get_people(self, found: Waiting) -> Any:
        return people(found.people)


class WaitingThesisSerializer(WaitingSerializer):
    state = serializers.ChoiceField(source="subject.state", choices=State.choices, read_only=True)
    due_on = serializers.DateField(source="subject.due_on", read_only=True, allow_null=True)


class WaitingApplicationSerializer(WaitingSerializer):
    state = serializers.ChoiceField(source="subject.state", choices=ApplicationState.choices, read_only=True)
    student = PersonSerializer(source="subject.student", read_only=True)
    expires_at = MomentField(source="subject.expires_at", read_only=True)


class RequestToMoveSerializer(serializers.Serializer[ChangeRequest]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    state = serializers.ChoiceField(choices=RequestState.choices, read_only=True)
    blocking = serializers.BooleanField(read_only=True)
    thread = serializers.UUIDField(source="comment.thread.uuid", read_only=True)
    thesis = ThesisNameSerializer(read_only=True)


class ExtensionToDecideSerializer(serializers.Serializer[Extension]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    due_before = serializers.DateField(read_only=True)
    due_on = serializers.DateField(read_only=True)
    asked_by = PersonSerializer(read_only=True)
    thesis = ThesisNameSerializer(read_only=True)


class OfficeSerializer(serializers.Serializer[Office]):
    """Theses under way, by state; `overdue`: not handed in, and past their day."""

    slug = serializers.SlugField(source="department.slug", read_only=True)
    name = serializers.CharField(source="department.name", read_only=True)
    states = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    overdue = serializers.IntegerField(read_only=True)


class DashboardSerializer(serializers.Serializer[Any]):
    tasks = OwnTaskSerializer(many=True, read_only=True, help_text="Open ones of yours, the nearest first.")
    dates = DateSerializer(many=True, read_only=True, help_text="Of the next 30 days.")
    theses = WaitingThesisSerializer(many=True, read_only=True)
    applications = WaitingApplicationSerializer(many=True, read_only=True)
    requests = RequestToMoveSerializer(many=True, read_only=True)
    extensions = ExtensionToDecideSerializer(many=True, read_only=True)
    departments = OfficeSerializer(many=True, read_only=True)
