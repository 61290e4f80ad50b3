"""Recordings and their parts."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from camera.models import Recording, RecordingPart, RecordingState, Trouble
from digi.api import MomentField


class PartSerializer(serializers.Serializer[RecordingPart]):
    """A file that plays by itself; the next one begins where the size of the picture changed."""

    n = serializers.IntegerField(read_only=True)
    started_at = MomentField(read_only=True)
    seconds = serializers.FloatField(read_only=True)
    bytes = serializers.IntegerField(source="file.size", read_only=True)
    width = serializers.IntegerField(read_only=True)
    height = serializers.IntegerField(read_only=True)
    url = serializers.SerializerMethodField()

    def get_url(self, part: RecordingPart) -> str:
        recording = part.recording
        return reverse("camera-recording-part", args=[recording.camera.slug, recording.uuid, part.n])


class RecordingSerializer(serializers.Serializer[Recording]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    state = serializers.ChoiceField(choices=RecordingState.choices, read_only=True)
    started_by = serializers.CharField(source="started_by.username", read_only=True)
    started_at = MomentField(read_only=True)
    ended_at = MomentField(read_only=True, allow_null=True)
    stopping = serializers.SerializerMethodField(help_text="Asked to end, and not ended.")
    overdue = serializers.BooleanField(
        source="is_overdue", read_only=True, help_text="No worker has taken it up in 15 s: probably none runs."
    )
    limit_seconds = serializers.IntegerField(read_only=True)
    limit_bytes = serializers.IntegerField(read_only=True)
    seconds = serializers.FloatField(read_only=True)
    bytes = serializers.IntegerField(read_only=True)
    error = serializers.ChoiceField(choices=[("", ""), *Trouble.choices], read_only=True)
    error_text = serializers.CharField(source="get_error_display", read_only=True)
    parts = serializers.SerializerMethodField(help_text="Those that are whole.")

    def get_stopping(self, recording: Recording) -> bool:
        return recording.stop_asked_at is not None and recording.ended_at is None

    @extend_schema_field(PartSerializer(many=True))
    def get_parts(self, recording: Recording) -> Any:
        whole = [part for part in recording.parts.all() if part.file is not None]
        for part in whole:
            part.recording = recording
        shown: Any = PartSerializer(whole, many=True)  # type: ignore[arg-type]
        return shown.data


class RecordingsSerializer(serializers.Serializer[Any]):
    next = serializers.UUIDField(allow_null=True, read_only=True, help_text="`after` of the next page.")
    results = RecordingSerializer(many=True, read_only=True)


class StartSerializer(serializers.Serializer[Any]):
    seconds = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None, help_text="At most so long."
    )
