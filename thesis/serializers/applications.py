"""Applications, their history, and what each verb takes."""

from typing import Any

from rest_framework import serializers

from thesis.models import Application, ApplicationStep, InterviewSlot, Kind, Rejection
from thesis.serializers.fields import MomentField, PageSerializer, PersonSerializer, TimeField, TitleField, UserField
from thesis.serializers.topics import ProgrammeNameSerializer
from thesis.services import history
from thesis.services.applications import Verb
from thesis.states import ApplicationState, Need


class SlotSerializer(serializers.Serializer[InterviewSlot]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    starts_at = MomentField(read_only=True)
    place = serializers.CharField(read_only=True)
    picked = serializers.BooleanField(read_only=True)


class ApplicationStepSerializer(serializers.Serializer[ApplicationStep]):
    """A line of the history; `hash` covers the line before, too."""

    n = serializers.IntegerField(read_only=True)
    from_ = serializers.CharField(source="from_state", read_only=True)
    to = serializers.CharField(source="to_state", read_only=True)
    actor = PersonSerializer(read_only=True, allow_null=True)
    reason = serializers.CharField(read_only=True)
    at = MomentField(read_only=True)
    hash = serializers.CharField(read_only=True)
    line = serializers.SerializerMethodField(help_text="What `hash` covers beside the hash of the line before.")

    def get_line(self, step: ApplicationStep) -> str:
        return history.line(step)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class ApplicationSerializer(serializers.Serializer[Application]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    programme = ProgrammeNameSerializer(read_only=True)
    topic = serializers.UUIDField(source="topic.uuid", read_only=True, default=None, allow_null=True)
    title = serializers.CharField(read_only=True)
    student = PersonSerializer(read_only=True)
    supervisor = PersonSerializer(read_only=True, allow_null=True, help_text="Who was asked, for an own title.")
    kind = serializers.ChoiceField(choices=Kind.choices, read_only=True)
    state = serializers.ChoiceField(choices=ApplicationState.choices, read_only=True)
    rejection = serializers.ChoiceField(choices=Rejection.choices, allow_blank=True, read_only=True)
    expires_at = MomentField(read_only=True)
    created_at = MomentField(read_only=True)
    thesis = serializers.UUIDField(source="thesis.uuid", read_only=True, default=None, allow_null=True)
    version = serializers.IntegerField(read_only=True)


class ApplicationsSerializer(PageSerializer):
    results = ApplicationSerializer(many=True, read_only=True)


class AllowedVerbSerializer(serializers.Serializer[Verb]):
    verb = serializers.CharField(read_only=True)
    to = serializers.CharField(read_only=True)
    needs = serializers.ListField(child=serializers.ChoiceField(choices=Need.choices), read_only=True)


class BlockedVerbSerializer(serializers.Serializer[Verb]):
    verb = serializers.CharField(read_only=True)
    to = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)


class WholeApplicationSerializer(ApplicationSerializer):
    """With what the student has written, the times of an interview, the history, and what may be done."""

    motivation = serializers.CharField(read_only=True)
    cv = serializers.CharField(read_only=True)
    slots = SlotSerializer(many=True, read_only=True)
    history = ApplicationStepSerializer(many=True, read_only=True)
    allowed = AllowedVerbSerializer(many=True, read_only=True)
    blocked = BlockedVerbSerializer(many=True, read_only=True)


class ApplySerializer(serializers.Serializer[Any]):
    """For a topic; or in a programme, with a title and the supervisor whom you ask."""

    topic = serializers.UUIDField(required=False)
    programme = serializers.UUIDField(required=False)
    title = TitleField(required=False, max_length=300)
    supervisor = UserField(required=False)
    kind = serializers.ChoiceField(choices=Kind.choices)
    motivation = serializers.CharField(required=False, allow_blank=True, max_length=20_000, default="")
    cv = serializers.CharField(required=False, allow_blank=True, max_length=20_000, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        own = {"programme", "title", "supervisor"}
        if "topic" in attrs and own.intersection(attrs):
            raise serializers.ValidationError("Give a topic, or programme, title and supervisor.")
        if "topic" not in attrs and own - attrs.keys():
            raise serializers.ValidationError("Give a topic, or programme, title and supervisor.")
        return attrs


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


class OfferedSlotSerializer(serializers.Serializer[Any]):
    starts_at = TimeField()
    place = TitleField(required=False, allow_blank=True, max_length=200, default="")


class InterviewSerializer(ReasonSerializer):
    slots = serializers.ListField(child=OfferedSlotSerializer(), min_length=1, max_length=20)


class RejectSerializer(ReasonSerializer):
    rejection = serializers.ChoiceField(choices=Rejection.choices)


class PickSerializer(serializers.Serializer[Any]):
    slot = serializers.UUIDField()
