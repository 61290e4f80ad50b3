"""What the endpoints of every area share: who asks, what is sent and asked, pages by cursor."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

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
    description='The ETag that you have seen, such as `"3"`; 412 if somebody has changed it since.',
)


def scopes(area: str) -> dict[str, str]:
    """Reading needs the scope `<area>:read`, changing `<area>:write`."""
    return {"GET": f"{area}:read"} | dict.fromkeys(("POST", "PATCH", "PUT", "DELETE"), f"{area}:write")


class PersonEndpoint(APIView):
    @property
    def person(self) -> User:
        if not isinstance(self.request.user, User):
            raise Http404
        return self.request.user

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
    def version(self) -> int | None:
        """What `If-Match` names; None where any version will do."""
        return if_match(self.request)


class AnyTypeEndpoint(APIView):
    """Answers by bytes, whatever media types the client would like: they are what they are."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)


class PageQuery(serializers.Serializer[Any]):
    """Pages by cursor, the newest first."""

    after = serializers.UUIDField(required=False, help_text="`next` of the page before.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST, default=PAGE)


def page(rows: QuerySet[Row], query: Mapping[str, Any]) -> tuple[list[Row], str | None]:
    """A page of the rows and the cursor of the next one. The cursor is the public id of the last row seen."""
    if after := query.get("after"):
        seen = rows.model._default_manager.filter(uuid=after).values("pk")[:1]
        rows = rows.filter(pk__lt=models.Subquery(seen))
    limit = query["limit"]
    found = list(rows.order_by("-pk")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return found, str(found[-1].uuid) if more else None  # type: ignore[attr-defined]


def versioned(data: Mapping[str, Any], row: Any, status: int = 200) -> Response:
    """An answer whose ETag is the row's version."""
    return Response(data, status=status, headers={"ETag": f'"{row.version}"'})


def listed(shape: type[serializers.Serializer[Any]], rows: Iterable[Any]) -> Any:
    """The rows in this shape."""
    return shape(rows, many=True).data


def somebody(username: str) -> User:
    """A present person by user name."""
    found: User | None = User.objects.present().filter(username=username).first()
    if found is None:
        raise NotFound(_("There is nobody of this name."), code="unknown_person")
    return found
