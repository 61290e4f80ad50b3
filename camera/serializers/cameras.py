"""Cameras, who may do what there, and what their agents show at the door."""

from typing import Any

from rest_framework import serializers

from camera.models import AgentToken, Camera, Grant, Role, Visibility
from digi.accounts.names import visible
from digi.accounts.serializers import PersonSerializer
from digi.api import MomentField


class LineField(serializers.CharField):
    """A text in one line, without invisible characters."""

    def to_internal_value(self, data: Any) -> str:
        text = visible(super().to_internal_value(data))
        if not text and not self.allow_blank:
            self.fail("blank")
        return text


class CameraSerializer(serializers.Serializer[Camera]):
    """A camera as one person sees it; `role` and `recording` are laid beside the row by the view."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    slug = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    location = serializers.CharField(read_only=True)
    department = serializers.CharField(source="department.slug", read_only=True, default=None, allow_null=True)
    visibility = serializers.ChoiceField(choices=Visibility.choices, read_only=True)
    role = serializers.ChoiceField(choices=Role.choices, read_only=True, help_text="Yours.")
    online = serializers.BooleanField(source="is_online", read_only=True)
    online_since = MomentField(read_only=True, allow_null=True)
    offline_since = MomentField(read_only=True, allow_null=True)
    offline_reason = serializers.CharField(read_only=True)
    revision = serializers.IntegerField(read_only=True, help_text="Of its settings.")
    recording = serializers.BooleanField(read_only=True, help_text="Is it recorded now?")
    created_at = MomentField(read_only=True)
    socket = serializers.SerializerMethodField(help_text="Where live video is: docs/protocols/camera.md.")

    def get_socket(self, camera: Camera) -> str:
        return f"/ws/camera/{camera.slug}/"


class CamerasSerializer(serializers.Serializer[Any]):
    next = serializers.UUIDField(allow_null=True, read_only=True, help_text="`after` of the next page.")
    results = CameraSerializer(many=True, read_only=True)


class ChangeCameraSerializer(serializers.Serializer[Any]):
    name = LineField(max_length=120)
    location = LineField(max_length=160, required=False, allow_blank=True, default="")
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False, default=Visibility.GRANTED)


class AddCameraSerializer(ChangeCameraSerializer):
    slug = serializers.CharField(max_length=60, help_text="Small letters, digits, hyphens; it stays.")
    department = serializers.CharField(max_length=50, required=False, allow_null=True, default=None)


class GrantSerializer(serializers.Serializer[Grant]):
    person = PersonSerializer(source="user", read_only=True)
    role = serializers.ChoiceField(choices=Role.choices)
    granted_by = serializers.CharField(source="granted_by.username", read_only=True, default=None, allow_null=True)
    created_at = MomentField(read_only=True)


class GrantsSerializer(serializers.Serializer[Any]):
    results = GrantSerializer(many=True, read_only=True)


class GiveSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Role.choices)


class AgentTokenSerializer(serializers.Serializer[AgentToken]):
    """What is known of a token; its secret is shown once, to who makes it."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    hint = serializers.CharField(read_only=True, help_text="How it begins.")
    created_by = serializers.CharField(source="created_by.username", read_only=True, default=None, allow_null=True)
    created_at = MomentField(read_only=True)
    last_used_at = MomentField(read_only=True, allow_null=True)
    revoked_at = MomentField(read_only=True, allow_null=True)


class NewAgentTokenSerializer(AgentTokenSerializer):
    secret = serializers.CharField(read_only=True, help_text="Shown this once.")


class AgentTokensSerializer(serializers.Serializer[Any]):
    results = AgentTokenSerializer(many=True, read_only=True)
