"""Settings of a camera, what it can, what was changed, and presets."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from camera.api.endpoints import IF_MATCH, CameraEndpoint
from camera.models import Camera, Origin, Preset
from camera.serializers import settings as shapes
from camera.services import history, presets, settings
from digi.accounts.api.endpoints import LARGEST, PAGE, listed


class HistoryQuery(serializers.Serializer[None]):
    before = serializers.IntegerField(min_value=1, max_value=2**53, required=False, help_text="`next` of the page.")
    limit = serializers.IntegerField(min_value=1, max_value=LARGEST, required=False, default=PAGE)


def standing(camera: Camera) -> Response:
    """The settings, with their revision as the ETag."""
    return Response(shapes.StandingSerializer(camera).data, headers={"ETag": f'"{camera.revision}"'})


class Settings(CameraEndpoint):
    @extend_schema(responses=shapes.StandingSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """What the camera was asked, and what it does."""
        return standing(self.camera(slug))

    @extend_schema(parameters=[IF_MATCH], request=shapes.PatchSerializer, responses=shapes.StandingSerializer)
    def patch(self, request: Request, slug: str) -> Response:
        """Ask for something else. 409 (`conflict`) tells in `fields` what others have set meanwhile. For operators."""
        camera = self.camera(slug)
        patch = self.sent(shapes.PatchSerializer)
        seen = patch.pop("if_revision", None)
        seen = self.version if self.version is not None else seen
        return standing(
            settings.change(camera=camera, by=self.person, patch=patch, if_revision=seen, origin=Origin.API)
        )


class Reset(CameraEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=shapes.StandingSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Everything back to the camera's defaults. For operators."""
        camera = self.camera(slug)
        return standing(settings.reset(camera=camera, by=self.person, if_revision=self.version))


class Capabilities(CameraEndpoint):
    @extend_schema(responses=shapes.CapabilitiesSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """What the camera can be asked, as its agent said last."""
        return Response(shapes.CapabilitiesSerializer(self.camera(slug).capabilities).data)


class History(CameraEndpoint):
    @extend_schema(parameters=[HistoryQuery], responses=shapes.ChangesSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """What was changed and by whom, the newest first."""
        query = self.asked(HistoryQuery)
        rows = history.changes(camera=self.camera(slug), by=self.person)
        if "before" in query:
            rows = rows.filter(revision__lt=query["before"])
        found = list(rows[: query["limit"] + 1])
        shown = found[: query["limit"]]
        cursor = shown[-1].revision if len(found) > len(shown) else None
        return Response({"next": cursor, "results": listed(shapes.SettingsChangeSerializer, shown)})


class Undo(CameraEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=shapes.StandingSerializer)
    def post(self, request: Request, slug: str, revision: int) -> Response:
        """Set what that change has changed to what it was before. For operators."""
        camera = self.camera(slug)
        return standing(settings.undo(camera=camera, by=self.person, revision=revision, if_revision=self.version))


class Presets(CameraEndpoint):
    @extend_schema(operation_id="camera_presets_list", responses=shapes.PresetsSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """Settings that are kept under a name."""
        rows = Preset.objects.filter(camera=self.camera(slug)).select_related("created_by")
        return Response({"results": listed(shapes.PresetSerializer, rows)})

    @extend_schema(request=shapes.PresetSerializer, responses={201: shapes.PresetSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Keep the present settings under a name, in place of what was kept under it. For operators."""
        camera = self.camera(slug)
        preset = presets.save(camera=camera, by=self.person, **self.sent(shapes.PresetSerializer))
        return Response(shapes.PresetSerializer(preset).data, status=status.HTTP_201_CREATED)


class PresetEndpoint(CameraEndpoint):
    def preset(self, slug: str, preset_id: UUID) -> Preset:
        camera = self.camera(slug)
        preset = Preset.objects.filter(camera=camera, uuid=preset_id).first()
        if preset is None:
            raise Http404
        preset.camera = camera
        return preset


class OnePreset(PresetEndpoint):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, preset_id: UUID) -> Response:
        """Keep it no more. For operators."""
        presets.delete(preset=self.preset(slug, preset_id), by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ApplyPreset(PresetEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=shapes.StandingSerializer)
    def post(self, request: Request, slug: str, preset_id: UUID) -> Response:
        """Ask the camera for what is kept. For operators."""
        preset = self.preset(slug, preset_id)
        return standing(presets.apply(preset=preset, by=self.person, if_revision=self.version))
