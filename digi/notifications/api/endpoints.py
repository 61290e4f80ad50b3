"""What every endpoint of notifications shares: scopes, and ETags."""

import re
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from digi.accounts.models import User
from digi.errors import Invalid

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that you have seen; 412 if it has been changed since.",
)


class Endpoint(APIView):
    """Reading needs the scope `notifications:read`, changing `notifications:write`."""

    required_scopes = {"GET": "notifications:read"}
    required_scopes |= dict.fromkeys(("POST", "PATCH", "PUT", "DELETE"), "notifications:write")

    def person(self, request: Request) -> User:
        if not isinstance(request.user, User):
            raise Http404
        return request.user

    def asked(self, kind: type[Serializer[Any]], request: Request) -> dict[str, Any]:
        """The request's body, checked."""
        serializer = kind(data=request.data)
        serializer.is_valid(raise_exception=True)
        checked: dict[str, Any] = serializer.validated_data
        return checked

    def seen(self, request: Request) -> str | None:
        """What `If-Match` names; None where anything will do."""
        header = request.headers.get("If-Match", "*").strip()
        if header == "*":
            return None
        tag = header.removeprefix("W/")
        if not re.fullmatch('"[0-9a-f]{16}"', tag):
            raise Invalid(_("If-Match is an ETag that this API has given."), code="invalid_etag")
        return tag.strip('"')


def tagged(data: Any, tag: str) -> Response:
    """An answer with this ETag."""
    return Response(data, headers={"ETag": f'"{tag}"'})
