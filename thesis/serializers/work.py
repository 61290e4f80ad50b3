"""Milestones, tasks, meetings, extensions, reports and marks."""

from typing import Any

from rest_framework import serializers

from thesis.models import Assessment, Extension, ExtensionState, Mark, Meeting, MeetingState, Milestone, Task
from thesis.serializers.fields import DayField, MomentField, PersonSerializer, TimeField, TitleField, UserField


class MilestoneSerializer(serializers.Serializer[Milestone]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    title = serializers.CharField(read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    weight = serializers.IntegerField(read_only=True)
    done_at = MomentField(read_only=True, allow_null=True)
    version = serializers.IntegerField(read_only=True)


class MilestonesSerializer(serializers.Serializer[Any]):
    results = MilestoneSerializer(many=True, read_only=True)


class AddMilestoneSerializer(serializers.Serializer[Any]):
    title = TitleField(max_length=200)
    due_on = DayField(required=False, allow_null=True)
    weight = serializers.IntegerField(required=False, min_value=1, max_value=100)


class ChangeMilestoneSerializer(AddMilestoneSerializer):
    done = serializers.BooleanField(required=False)


class TaskSerializer(serializers.Serializer[Task]):
    """`meeting` and `comment` say where it comes from."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    title = serializers.CharField(read_only=True)
    note = serializers.CharField(read_only=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    assignee = PersonSerializer(read_only=True, allow_null=True)
    milestone = serializers.UUIDField(source="milestone.uuid", read_only=True, default=None, allow_null=True)
    meeting = serializers.UUIDField(source="meeting.uuid", read_only=True, default=None, allow_null=True)
    comment = serializers.UUIDField(source="comment.uuid", read_only=True, default=None, allow_null=True)
    done_at = MomentField(read_only=True, allow_null=True)
    created_by = PersonSerializer(read_only=True)
    created_at = MomentField(read_only=True)
    version = serializers.IntegerField(read_only=True)


class TasksSerializer(serializers.Serializer[Any]):
    results = TaskSerializer(many=True, read_only=True)


class PlanTaskSerializer(serializers.Serializer[Any]):
    title = TitleField(max_length=200)
    note = serializers.CharField(required=False, allow_blank=True, max_length=5000)
    due_on = DayField(required=False, allow_null=True)
    assignee = UserField(required=False, allow_null=True)
    milestone = serializers.UUIDField(required=False, allow_null=True)


class AddTaskSerializer(PlanTaskSerializer):
    meeting = serializers.UUIDField(required=False, allow_null=True)
    comment = serializers.UUIDField(required=False, allow_null=True)


class ChangeTaskSerializer(PlanTaskSerializer):
    done = serializers.BooleanField(required=False)


class MeetingSerializer(serializers.Serializer[Meeting]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    starts_at = MomentField(read_only=True)
    minutes_long = serializers.IntegerField(read_only=True)
    place = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(choices=MeetingState.choices, read_only=True)
    agenda = serializers.CharField(read_only=True, help_text="Markdown.")
    minutes = serializers.CharField(read_only=True, help_text="Markdown.")
    created_by = PersonSerializer(read_only=True)
    version = serializers.IntegerField(read_only=True)


class MeetingsSerializer(serializers.Serializer[Any]):
    results = MeetingSerializer(many=True, read_only=True)


class AddMeetingSerializer(serializers.Serializer[Any]):
    starts_at = TimeField()
    minutes_long = serializers.IntegerField(required=False, min_value=1, max_value=1440)
    place = TitleField(required=False, allow_blank=True, max_length=200)
    agenda = serializers.CharField(required=False, allow_blank=True, max_length=20_000)


class ChangeMeetingSerializer(AddMeetingSerializer):
    minutes = serializers.CharField(required=False, allow_blank=True, max_length=50_000)
    state = serializers.ChoiceField(choices=MeetingState.choices, required=False)


class ExtensionSerializer(serializers.Serializer[Extension]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    due_before = serializers.DateField(read_only=True)
    due_on = serializers.DateField(read_only=True)
    reason = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(choices=ExtensionState.choices, read_only=True)
    asked_by = PersonSerializer(read_only=True)
    decided_by = PersonSerializer(read_only=True, allow_null=True)
    decided_at = MomentField(read_only=True, allow_null=True)
    answer = serializers.CharField(read_only=True)
    created_at = MomentField(read_only=True)
    version = serializers.IntegerField(read_only=True)


class ExtensionsSerializer(serializers.Serializer[Any]):
    results = ExtensionSerializer(many=True, read_only=True)


class AskForTimeSerializer(serializers.Serializer[Any]):
    due_on = DayField()
    reason = serializers.CharField(max_length=5000)


class AnswerSerializer(serializers.Serializer[Any]):
    answer = serializers.CharField(required=False, allow_blank=True, max_length=5000, default="")


class AssessmentSerializer(serializers.Serializer[Assessment]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    examiner = PersonSerializer(read_only=True)
    report = serializers.CharField(read_only=True, help_text="Markdown.")
    submitted_at = MomentField(read_only=True, allow_null=True)
    version = serializers.IntegerField(read_only=True)


class AssessmentsSerializer(serializers.Serializer[Any]):
    results = AssessmentSerializer(many=True, read_only=True)


class ReportSerializer(serializers.Serializer[Any]):
    report = serializers.CharField(allow_blank=True, max_length=100_000)
    submit = serializers.BooleanField(required=False, default=False, help_text="Hand it in; it stands from then on.")


class MarkSerializer(serializers.Serializer[Mark]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    student = PersonSerializer(read_only=True)
    value = serializers.DecimalField(max_digits=3, decimal_places=1, read_only=True)
    entered_by = PersonSerializer(read_only=True)
    published_at = MomentField(read_only=True, allow_null=True)
    version = serializers.IntegerField(read_only=True)


class MarksSerializer(serializers.Serializer[Any]):
    results = MarkSerializer(many=True, read_only=True)


class EnterMarkSerializer(serializers.Serializer[Any]):
    student = UserField()
    value = serializers.DecimalField(max_digits=3, decimal_places=1, min_value=1, max_value=5)


class PublishMarksSerializer(serializers.Serializer[Any]):
    versions = serializers.DictField(
        child=serializers.IntegerField(min_value=1),
        required=False,
        help_text="Of every mark, by the student's user name.",
    )
