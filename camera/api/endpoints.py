"""What every endpoint of cameras shares: scopes, the camera of the path, pages by cursor."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.views import APIView

from camera.models import Camera, Role
from camera.services import access
from digi.accounts.models import User
from digi.api import if_match
from digi.errors import NotFound

Row = TypeVar("Row", bound=models.Model)

PAGE = 50
LARGEST = 200

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description='The ETag of the settings that you have seen, such as `"3"`; 409 if somebody has changed them since.',
)


class CameraEndpoint(APIView):
    """Reading needs the scope `cameras:read`, changing `cameras:write`."""

    required_scopes = {"GET": "cameras:read"} | dict.fromkeys(("POST", "PATCH", "PUT", "DELETE"), "cameras:write")

    @property
    def person(self) -> User:
        if not isinstance(self.request.user, User):
            raise Http404
        return self.request.user

    def camera(self, slug: str, least: Role = Role.VIEWER) -> Camera:
        """The camera, if the person may watch it and has at least this role: missing and forbidden are alike."""
        camera = access.find(slug=slug, user=self.person)
        if least is not Role.VIEWER:
            access.admit(user=self.person, camera=camera, least=least)
        return camera

    def sent(self, shape: type[serializers.Serializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        """The body, if it is of this shape."""
        asked = shape(data=self.request.data, partial=partial)
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    def asked(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The query's parameters, if they are of this shape."""
        query = shape(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)

    @property
    def revision(self) -> int | None:
        """What `If-Match` names; None where any revision will do."""
        return if_match(self.request)


class PageQuery(serializers.Serializer[Any]):
    """Pages by cursor, the newest first."""

    after = serializers.UUIDField(required=False, help_text="`next` of the page before.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST, default=PAGE)


def page(rows: QuerySet[Row], query: Mapping[str, Any]) -> tuple[list[Row], str | None]:
    """A page of the rows and the cursor of the next one: the public id of the last row seen."""
    if after := query.get("after"):
        seen = rows.model._default_manager.filter(uuid=after).values("pk")[:1]
        rows = rows.filter(pk__lt=models.Subquery(seen))
    limit = query["limit"]
    found = list(rows.order_by("-pk")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return found, str(found[-1].uuid) if more else None  # type: ignore[attr-defined]


def listed(shape: type[serializers.Serializer[Any]], rows: Iterable[Any]) -> Any:
    """The rows in this shape."""
    return shape(rows, many=True).data


def somebody(username: str) -> User:
    """A present person by user name."""
    found: User | None = User.objects.present().filter(username=username).first()
    if found is None:
        raise NotFound(_("There is nobody of this name."), code="unknown_person")
    return found
