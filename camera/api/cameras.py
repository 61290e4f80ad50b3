"""Cameras: `/api/v1/cameras/`."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from camera.api.endpoints import CameraEndpoint
from camera.models import Camera, Recording, Role
from camera.serializers import cameras as shapes
from camera.services import access, cameras
from digi.accounts.api.endpoints import PageQuery, listed, page
from digi.accounts.models import Department, User
from digi.errors import Forbidden


def laid_out(found: Sequence[Camera], person: User) -> Sequence[Camera]:
    """With the person's role at each, and whether it is recorded: a fixed number of queries."""
    roles = access.roles([(person.pk, camera.pk) for camera in found])
    recorded = set(Recording.objects.running().filter(camera__in=found).values_list("camera_id", flat=True))
    for camera, role in zip(found, roles, strict=True):
        row: Any = camera
        row.role, row.recording = role, camera.pk in recorded
    return found


class Cameras(CameraEndpoint):
    @extend_schema(operation_id="cameras_list", parameters=[PageQuery], responses=shapes.CamerasSerializer)
    def get(self, request: Request) -> Response:
        """The cameras that you may watch, the newest first."""
        found, cursor = page(cameras.visible_to(user=self.person), self.asked(PageQuery))
        return Response({"next": cursor, "results": listed(shapes.CameraSerializer, laid_out(found, self.person))})

    @extend_schema(request=shapes.AddCameraSerializer, responses={201: shapes.CameraSerializer})
    def post(self, request: Request) -> Response:
        """Make a camera of a department that you coordinate. Its agent needs a token: `tokens/`."""
        values = self.sent(shapes.AddCameraSerializer)
        slug = values.pop("department")
        department = Department.objects.filter(slug=slug).first() if slug is not None else None
        if slug is not None and department is None:
            raise Forbidden(_("Only a department's coordinators make cameras."), code="wrong_role")
        camera = cameras.create(by=self.person, department=department, **values)
        return Response(_shown(camera, self.person), status=status.HTTP_201_CREATED)


class OneCamera(CameraEndpoint):
    @extend_schema(responses=shapes.CameraSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """One camera."""
        return Response(_shown(self.camera(slug), self.person))

    @extend_schema(request=shapes.ChangeCameraSerializer, responses=shapes.CameraSerializer)
    def patch(self, request: Request, slug: str) -> Response:
        """What it is called, where it is, who may watch; what is absent stays. For its administrators."""
        camera = self.camera(slug, Role.ADMIN)
        values = self.sent(shapes.ChangeCameraSerializer, partial=True)
        return Response(_shown(cameras.rename(camera=camera, by=self.person, **values), self.person))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str) -> Response:
        """Take it out of service for good. For its administrators."""
        cameras.retire(camera=self.camera(slug), by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _shown(camera: Camera, person: User) -> Any:
    return shapes.CameraSerializer(laid_out([camera], person)[0]).data
