"""Recordings of a camera, and its present picture."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from camera import answers
from camera.api.endpoints import CameraEndpoint
from camera.models import Recording
from camera.serializers import recordings as shapes
from camera.services import recordings, snapshots, thumbnails
from digi.accounts.api.endpoints import PageQuery, listed, page
from digi.files import downloads


class BytesEndpoint(CameraEndpoint):
    """Answers by bytes, whatever media types the client would like: they are what they are."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)


class RecordingEndpoint(CameraEndpoint):
    def recording(self, slug: str, recording_id: UUID) -> Recording:
        recording = recordings.find(uuid=recording_id, by=self.person)
        if recording.camera.slug != slug:
            raise Http404
        return recording


class Recordings(CameraEndpoint):
    @extend_schema(operation_id="camera_recordings_list", parameters=[PageQuery], responses=shapes.RecordingsSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """The camera's recordings, the newest first."""
        rows = recordings.of(camera=self.camera(slug), by=self.person)
        found, cursor = page(rows, self.asked(PageQuery))
        return Response({"next": cursor, "results": listed(shapes.RecordingSerializer, found)})

    @extend_schema(
        request=shapes.StartSerializer,
        responses={200: shapes.RecordingSerializer, 201: shapes.RecordingSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Have the camera recorded; 200 where it is already. It needs an agent and a worker. For operators."""
        camera = self.camera(slug)
        values = self.sent(shapes.StartSerializer)
        before = recordings.current(camera=camera)
        made = recordings.start(camera=camera, by=self.person, **values)
        code = status.HTTP_200_OK if made == before else status.HTTP_201_CREATED
        return Response(_shown(made, self), status=code)


class OneRecording(RecordingEndpoint):
    @extend_schema(responses=shapes.RecordingSerializer)
    def get(self, request: Request, slug: str, recording_id: UUID) -> Response:
        """One recording; its parts appear as they become whole."""
        return Response(shapes.RecordingSerializer(self.recording(slug, recording_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, recording_id: UUID) -> Response:
        """Delete an ended recording with its files. For operators."""
        recordings.delete(recording=self.recording(slug, recording_id), by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)


class StopRecording(RecordingEndpoint):
    @extend_schema(request=None, responses=shapes.RecordingSerializer)
    def post(self, request: Request, slug: str, recording_id: UUID) -> Response:
        """Have it end, within a second or two. For operators."""
        stopped = recordings.stop(recording=self.recording(slug, recording_id), by=self.person)
        return Response(_shown(stopped, self))


class PartFile(RecordingEndpoint, BytesEndpoint):
    @extend_schema(
        parameters=[
            OpenApiParameter("Range", OpenApiTypes.STR, OpenApiParameter.HEADER, description="One byte range.")
        ],
        responses={(code, "video/mp4"): OpenApiTypes.BINARY for code in (200, 206)} | {304: None},
    )
    def get(self, request: Request, slug: str, recording_id: UUID, n: int) -> HttpResponseBase:
        """A part, as fragmented MP4."""
        recording = self.recording(slug, recording_id)
        file = next((part.file for part in recording.parts.all() if part.n == n), None)
        if file is None:
            raise Http404
        return downloads.send(request._request, file)


class Snapshot(BytesEndpoint):
    kind = "jpeg"

    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """The present picture; 409 where there is none, `offline` or `no_picture`."""
        camera = self.camera(slug)
        picture = snapshots.take(camera=camera, by=self.person, kind=self.kind)
        return answers.snapshot(picture, name=camera.slug, kind=self.kind)


class PngSnapshot(Snapshot):
    kind = "png"

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """The present picture as a PNG."""
        return super().get(request, slug)


class Thumbnail(BytesEndpoint):
    @extend_schema(responses={(200, "image/jpeg"): OpenApiTypes.BINARY, 304: None})
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """A small picture of the last minutes, for lists."""
        return answers.thumbnail(request._request, thumbnails.of(camera=self.camera(slug), by=self.person))


def _shown(recording: Recording, view: CameraEndpoint) -> Any:
    return shapes.RecordingSerializer(recordings.find(uuid=recording.uuid, by=view.person)).data
