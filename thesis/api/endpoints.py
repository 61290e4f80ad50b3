"""What every endpoint of theses shares: scopes, versions in headers, pages by cursor."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from digi.accounts.models import User
from digi.api import if_match
from digi.errors import NotFound
from thesis.models import Thesis
from thesis.services import access

Row = TypeVar("Row", bound=models.Model)

PAGE = 50
LARGEST = 200

IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description='The ETag that you have seen, such as `"3"`; 412 if somebody has changed it since.',
)


class ThesisEndpoint(APIView):
    """Reading needs the scope `theses:read`, changing `theses:write`."""

    required_scopes = {"GET": "theses:read"} | dict.fromkeys(("POST", "PATCH", "PUT", "DELETE"), "theses:write")

    @property
    def person(self) -> User:
        if not isinstance(self.request.user, User):
            raise Http404
        return self.request.user

    def thesis(self, thesis_id: UUID) -> Thesis:
        """The thesis, if its workspace is open to the person: missing and forbidden are alike."""
        return access.find(thesis_id, self.person)

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


def versioned(data: Mapping[str, Any], row: Any, status: int = 200) -> Response:
    """An answer whose ETag is the row's version."""
    return Response(data, status=status, headers={"ETag": f'"{row.version}"'})


def listed(shape: type[serializers.Serializer[Any]], rows: Iterable[Any]) -> Any:
    """The rows in this shape."""
    return shape(rows, many=True).data


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


def somebody(username: str) -> User:
    """A present person by user name."""
    found: User | None = User.objects.present().filter(username=username).first()
    if found is None:
        raise NotFound(_("There is nobody of this name."), code="unknown_person")
    return found


def one(rows: QuerySet[Row], uuid: UUID) -> Row:
    """The row of this public id among those that the person may see."""
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found
