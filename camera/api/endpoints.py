"""What every endpoint of cameras shares: scopes, and the camera of the path."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from camera.models import Camera, Role
from camera.services import access
from digi.accounts.api.endpoints import PersonEndpoint, scopes

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description='The ETag of the settings that you have seen, such as `"3"`; 409 if somebody has changed them since.',
)


class CameraEndpoint(PersonEndpoint):
    required_scopes = scopes("cameras")

    def camera(self, slug: str, least: Role = Role.VIEWER) -> Camera:
        """The camera, if the person may watch it and has at least this role: missing and forbidden are alike."""
        camera = access.find(slug=slug, user=self.person)
        if least is not Role.VIEWER:
            access.admit(user=self.person, camera=camera, least=least)
        return camera
