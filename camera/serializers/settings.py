"""Settings, as asked and as applied, what a camera can, what was changed, and what is kept under a name."""

from typing import Any

from rest_framework import serializers

from camera import capabilities
from camera.models import Camera, Change, Origin, Preset
from camera.serializers.cameras import LineField
from digi.api import MomentField
from digi.errors import Invalid


class SettingsSerializer(serializers.Serializer[Any]):
    """Any of a camera's settings, by the names of camera.proto; what a camera cannot be asked is absent."""

    brightness = serializers.IntegerField(required=False, help_text="−100 to 100, 0 is neutral.")
    contrast = serializers.FloatField(required=False, help_text="Gain, 0 to 4, 1 is neutral.")
    saturation = serializers.FloatField(required=False, help_text="Gain, 0 to 3, 1 is neutral.")
    sharpness = serializers.FloatField(required=False, help_text="−1 to 1, 0 is neutral.")
    bitrate_bps = serializers.IntegerField(required=False, help_text="100 000 to 8 000 000.")
    fps = serializers.IntegerField(required=False, help_text="1 to 60.")
    keyframe_interval_ms = serializers.IntegerField(required=False, help_text="250 to 10 000.")
    width = serializers.IntegerField(required=False, help_text="With `height`, one of the camera's modes.")
    height = serializers.IntegerField(required=False)
    rotation = serializers.IntegerField(required=False, help_text="Degrees: 0, 90, 180, 270.")
    flip_horizontal = serializers.BooleanField(required=False)
    flip_vertical = serializers.BooleanField(required=False)
    codec = serializers.ChoiceField(choices=capabilities.CODECS, required=False)
    exposure_us = serializers.IntegerField(required=False, help_text="Microseconds; 0 lets the camera choose.")
    focus = serializers.IntegerField(required=False, help_text="1 to 1000, near to far; 0 lets the camera choose.")
    overlay_clock = serializers.BooleanField(required=False)


class OutcomeSerializer(serializers.Serializer[Any]):
    outcome = serializers.CharField(help_text="applied, clamped, rejected or pending.")
    reason = serializers.CharField(required=False, allow_blank=True)


class StandingSerializer(serializers.Serializer[Camera]):
    """What the camera was asked, and what it says it does; the ETag is the revision."""

    revision = serializers.IntegerField(read_only=True)
    desired = SettingsSerializer(read_only=True)
    applied = SettingsSerializer(read_only=True, help_text="Empty where no agent ever reported.")
    outcomes = serializers.DictField(child=OutcomeSerializer(), read_only=True)
    changed_at = MomentField(read_only=True)
    changed_by = serializers.CharField(source="changed_by.username", read_only=True, default=None, allow_null=True)
    acked_revision = serializers.IntegerField(read_only=True, help_text="The revision that the agent last answered.")
    acked_at = MomentField(read_only=True, allow_null=True)
    waiting = serializers.BooleanField(source="is_waiting", read_only=True, help_text="Has the agent still to answer?")
    overdue = serializers.BooleanField(source="is_overdue", read_only=True, help_text="Should it have, 5 s after?")


class PatchSerializer(SettingsSerializer):
    """Some settings; what is absent stays."""

    resolution = serializers.CharField(max_length=11, required=False, help_text="640x480, for width and height.")
    if_revision = serializers.IntegerField(
        min_value=1, max_value=2**53, required=False, help_text="Instead of If-Match: the revision that you have seen."
    )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Names that are unknown are a mistake here; what the numbers mean is checked by the camera's capabilities."""
        if isinstance(data, dict) and (unknown := data.keys() - self.fields.keys()):
            raise serializers.ValidationError({str(name): ["There is no such setting."] for name in sorted(unknown)})
        return dict(super().to_internal_value(data))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "resolution" in attrs:
            try:
                attrs |= capabilities.size_of(attrs.pop("resolution"))
            except Invalid as error:
                raise serializers.ValidationError(error.extra["fields"]) from error
        return attrs


class RangeSerializer(serializers.Serializer[Any]):
    min = serializers.FloatField()
    max = serializers.FloatField()
    step = serializers.FloatField()
    default = serializers.FloatField()
    unit = serializers.CharField()
    effect = serializers.CharField(help_text="live, keyframe or restart.")


class ModeSerializer(serializers.Serializer[Any]):
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    max_fps = serializers.IntegerField()


class CapabilitiesSerializer(serializers.Serializer[Any]):
    """What a camera can be asked; what stands in none of these cannot be set."""

    model = serializers.CharField()
    ranges = serializers.DictField(child=RangeSerializer())
    modes = ModeSerializer(many=True)
    mode_effect = serializers.CharField()
    codecs = serializers.ListField(child=serializers.CharField())
    switches = serializers.DictField(child=serializers.CharField())


class SettingsChangeSerializer(serializers.Serializer[Change]):
    revision = serializers.IntegerField(read_only=True)
    before = serializers.DictField(read_only=True)
    after = serializers.DictField(read_only=True)
    by = serializers.CharField(source="by.username", read_only=True, default=None, allow_null=True)
    origin = serializers.ChoiceField(choices=Origin.choices, read_only=True)
    created_at = MomentField(read_only=True)


class ChangesSerializer(serializers.Serializer[Any]):
    next = serializers.IntegerField(allow_null=True, read_only=True, help_text="`before` of the next page.")
    results = SettingsChangeSerializer(many=True, read_only=True)


class PresetSerializer(serializers.Serializer[Preset]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    name = LineField(max_length=60)
    settings = SettingsSerializer(read_only=True)
    created_by = serializers.CharField(source="created_by.username", read_only=True, default=None, allow_null=True)
    created_at = MomentField(read_only=True)


class PresetsSerializer(serializers.Serializer[Any]):
    results = PresetSerializer(many=True, read_only=True)
