"""The API of people: `/api/v1/people/` and `/api/v1/me/`."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from digi.accounts import serializers
from digi.accounts.api.endpoints import PersonEndpoint
from digi.accounts.models import User
from digi.accounts.services import profiles


class People(APIView):
    required_scopes = {"GET": "people:read"}

    @extend_schema(
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, required=False, description="Part of a name, two letters or more.")
        ],
        responses=serializers.PeopleSerializer,
    )
    def get(self, request: Request) -> Response:
        """The directory: at most twenty people by name; addresses are neither searched nor shown."""
        words = str(request.query_params.get("q", "")).strip()[:120]
        found = User.objects.exclude(pk=request.user.pk).found_by(words)
        return Response({"results": serializers.PersonSerializer(found, many=True).data})


class Me(PersonEndpoint):
    required_scopes = {"GET": "me:read", "PATCH": "me:write"}

    @extend_schema(responses=serializers.MeSerializer)
    def get(self, request: Request) -> Response:
        """Your own profile."""
        return Response(serializers.MeSerializer(self.person).data)

    @extend_schema(request=serializers.MeSerializer, responses=serializers.MeSerializer)
    def patch(self, request: Request) -> Response:
        """Change what you give; the rest stays."""
        asked = serializers.MeSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        user = profiles.change(user=self.person, **asked.validated_data)
        return Response(serializers.MeSerializer(user).data)
