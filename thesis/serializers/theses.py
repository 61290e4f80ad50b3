"""Theses, their people, steps and timeline."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from thesis.models import Invitation, Kind, MemberRole, Thesis, ThesisMember, Transition, Visibility
from thesis.serializers.fields import (
    DayField,
    MomentField,
    PageSerializer,
    PersonSerializer,
    TimeField,
    TitleField,
    UserField,
    people,
)
from thesis.serializers.topics import ProgrammeNameSerializer
from thesis.services import history
from thesis.states import Need, State

LANGUAGES = [code for code, _name in settings.LANGUAGES]


class ThesisMemberSerializer(serializers.Serializer[ThesisMember]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    person = PersonSerializer(source="user", read_only=True)
    role = serializers.ChoiceField(choices=MemberRole.choices, read_only=True)
    until = serializers.DateField(read_only=True, allow_null=True, help_text="A deputy's last day.")
    joined_at = MomentField(read_only=True)


class ThesisMembersSerializer(serializers.Serializer[Any]):
    results = ThesisMemberSerializer(many=True, read_only=True)


class AddThesisMemberSerializer(serializers.Serializer[Any]):
    user = UserField()
    role = serializers.ChoiceField(choices=MemberRole.choices)
    until = DayField(required=False, allow_null=True, default=None, help_text="A deputy's last day.")


class HandOverSerializer(serializers.Serializer[Any]):
    to = UserField()


class PublishedThesisSerializer(serializers.Serializer[Thesis]):
    """What readers see who do not work on the thesis."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    programme = ProgrammeNameSerializer(read_only=True)
    title = serializers.CharField(read_only=True)
    abstract = serializers.CharField(read_only=True)
    kind = serializers.ChoiceField(choices=Kind.choices, read_only=True)
    language = serializers.ChoiceField(choices=LANGUAGES, read_only=True)
    state = serializers.ChoiceField(choices=State.choices, read_only=True)
    students = serializers.SerializerMethodField()
    supervisors = serializers.SerializerMethodField()

    @extend_schema_field(PersonSerializer(many=True))
    def get_students(self, thesis: Any) -> Any:
        return _people(thesis, (MemberRole.STUDENT,))

    @extend_schema_field(PersonSerializer(many=True))
    def get_supervisors(self, thesis: Any) -> Any:
        return _people(thesis, (MemberRole.SUPERVISOR, MemberRole.CO_SUPERVISOR))


class LibrarySerializer(PageSerializer):
    results = PublishedThesisSerializer(many=True, read_only=True)


class ThesisSerializer(PublishedThesisSerializer):
    """A thesis as those see it who work on it."""

    visibility = serializers.ChoiceField(choices=Visibility.choices, read_only=True)
    embargo_until = serializers.DateField(read_only=True, allow_null=True)
    start_on = serializers.DateField(read_only=True, allow_null=True)
    due_on = serializers.DateField(read_only=True, allow_null=True)
    submitted_at = MomentField(read_only=True, allow_null=True)
    late = serializers.BooleanField(read_only=True)
    defence_at = MomentField(read_only=True, allow_null=True)
    kept_until = serializers.DateField(read_only=True, allow_null=True)
    milestones = serializers.SerializerMethodField()
    created_at = MomentField(read_only=True)
    changed_at = MomentField(read_only=True)
    version = serializers.IntegerField(read_only=True)

    @extend_schema_field(
        {
            "type": "object",
            "properties": {"done": {"type": "integer"}, "all": {"type": "integer"}},
            "required": ["done", "all"],
        }
    )
    def get_milestones(self, thesis: Any) -> dict[str, int]:
        found = thesis.milestones.all()
        return {"done": sum(one.done_at is not None for one in found), "all": len(found)}


class ThesesSerializer(PageSerializer):
    results = ThesisSerializer(many=True, read_only=True)


class AddThesisSerializer(serializers.Serializer[Any]):
    programme = serializers.UUIDField()
    topic = serializers.UUIDField(required=False, allow_null=True, default=None)
    title = TitleField(max_length=300)
    kind = serializers.ChoiceField(choices=Kind.choices)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False, default="en")


class ChangeThesisSerializer(serializers.Serializer[Any]):
    title = TitleField(required=False, max_length=300)
    abstract = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    embargo_until = DayField(required=False, allow_null=True)
    start_on = DayField(required=False, allow_null=True)
    due_on = DayField(required=False, allow_null=True)
    defence_at = TimeField(required=False, allow_null=True)


class TransitionSerializer(serializers.Serializer[Transition]):
    """A line of the history; `hash` covers the line before, too. `actor` null: the server itself."""

    n = serializers.IntegerField(read_only=True)
    from_ = serializers.CharField(source="from_state", read_only=True)
    to = serializers.CharField(source="to_state", read_only=True)
    actor = PersonSerializer(read_only=True, allow_null=True)
    reason = serializers.CharField(read_only=True)
    details = serializers.DictField(read_only=True)
    back = serializers.BooleanField(read_only=True)
    at = MomentField(read_only=True)
    hash = serializers.CharField(read_only=True)
    line = serializers.SerializerMethodField(help_text="What `hash` covers beside the hash of the line before.")

    def get_line(self, step: Transition) -> str:
        return history.line(step)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class AllowedStepSerializer(serializers.Serializer[Any]):
    """`needs` must be given along; `back` takes back the last step."""

    to = serializers.ChoiceField(choices=State.choices, read_only=True)
    needs = serializers.ListField(child=serializers.ChoiceField(choices=Need.choices), read_only=True)
    back = serializers.BooleanField(read_only=True)


class BlockedStepSerializer(serializers.Serializer[Any]):
    to = serializers.ChoiceField(choices=State.choices, read_only=True)
    reason = serializers.CharField(read_only=True)


class StepsSerializer(serializers.Serializer[Any]):
    """What you may do with the thesis now, and what keeps you from the rest."""

    allowed = AllowedStepSerializer(many=True, read_only=True)
    blocked = BlockedStepSerializer(many=True, read_only=True)


class MoveSerializer(serializers.Serializer[Any]):
    to = serializers.ChoiceField(choices=State.choices)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=5000, default="")
    due_on = DayField(required=False, allow_null=True, default=None)
    declaration = serializers.BooleanField(required=False, default=False, help_text="“I have written this myself.”")


class TimelineEntrySerializer(serializers.Serializer[Any]):
    """Something that happened: a step, a version, a meeting, an extension, a finished milestone."""

    kind = serializers.ChoiceField(choices=["step", "version", "meeting", "extension", "milestone"], read_only=True)
    id = serializers.CharField(read_only=True)
    at = MomentField(read_only=True)
    actor = PersonSerializer(read_only=True, allow_null=True)
    title = serializers.CharField(read_only=True)
    detail = serializers.CharField(read_only=True)


class TimelineSerializer(serializers.Serializer[Any]):
    """The newest first. `broken_at` is the first line of the chain of steps that does not hold; null: all do."""

    results = TimelineEntrySerializer(many=True, read_only=True)
    steps = TransitionSerializer(many=True, read_only=True)
    broken_at = serializers.IntegerField(read_only=True, allow_null=True)


class InvitationSerializer(serializers.Serializer[Invitation]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    name = serializers.CharField(read_only=True)
    email = serializers.CharField(read_only=True, allow_null=True)
    expires_at = MomentField(read_only=True)
    revoked_at = MomentField(read_only=True, allow_null=True)
    last_used_at = MomentField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)


class NewInvitationSerializer(InvitationSerializer):
    secret = serializers.CharField(read_only=True, help_text="Shown once: what `/api/v1/invited/` is asked with.")


class InvitationsSerializer(serializers.Serializer[Any]):
    results = InvitationSerializer(many=True, read_only=True)


class InviteSerializer(serializers.Serializer[Any]):
    name = TitleField(max_length=120)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254, default="")
    days = serializers.IntegerField(min_value=1, max_value=180, required=False, default=30)


class InvitedVersionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    kind = serializers.CharField(source="document.kind", read_only=True)
    name = serializers.CharField(read_only=True)
    size = serializers.IntegerField(read_only=True)
    sha256 = serializers.CharField(read_only=True)


class InvitedSerializer(serializers.Serializer[Any]):
    """What a reviewer sees who came by a link."""

    name = serializers.CharField(read_only=True, help_text="Whom the link was made for.")
    expires_at = MomentField(read_only=True)
    thesis = PublishedThesisSerializer(read_only=True)
    versions = InvitedVersionSerializer(many=True, read_only=True)


def _people(thesis: Any, roles: tuple[MemberRole, ...]) -> Any:
    """From `thesis.people`, the current members that were read with it."""
    return people({member.user_id: member.user for member in thesis.people if member.role in roles}.values())
