"""Who may do what at a camera, and the tokens of its agents. For its administrators."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from camera.api.endpoints import CameraEndpoint
from camera.models import AgentToken, Grant, Role
from camera.serializers import cameras as shapes
from camera.services import grants, tokens
from digi.accounts.api.endpoints import listed, somebody


class Grants(CameraEndpoint):
    @extend_schema(operation_id="camera_grants_list", responses=shapes.GrantsSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """Roles that were given to people; what comes from departments is not among them."""
        rows = Grant.objects.filter(camera=self.camera(slug, Role.ADMIN)).select_related("user__avatar", "granted_by")
        return Response({"results": listed(shapes.GrantSerializer, rows.order_by("user__username"))})


class OneGrant(CameraEndpoint):
    @extend_schema(request=shapes.GiveSerializer, responses=shapes.GrantSerializer)
    def put(self, request: Request, slug: str, username: str) -> Response:
        """Give a person a role, in place of the one before."""
        camera = self.camera(slug, Role.ADMIN)
        values = self.sent(shapes.GiveSerializer)
        grant = grants.give(camera=camera, by=self.person, user=somebody(username), **values)
        return Response(shapes.GrantSerializer(grant).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, username: str) -> Response:
        """Take it away; sockets of who may watch no more close at once."""
        camera = self.camera(slug, Role.ADMIN)
        grant = Grant.objects.filter(camera=camera, user__username=username).select_related("user", "camera").first()
        if grant is None:
            raise Http404
        grants.withdraw(grant=grant, by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AgentTokens(CameraEndpoint):
    @extend_schema(operation_id="camera_tokens_list", responses=shapes.AgentTokensSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """What agents show, the newest first; secrets are not among it."""
        rows = AgentToken.objects.filter(camera=self.camera(slug, Role.ADMIN)).select_related("created_by")
        return Response({"results": listed(shapes.AgentTokenSerializer, rows)})

    @extend_schema(request=None, responses={201: shapes.NewAgentTokenSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """A further token; its secret is in this answer and nowhere else."""
        return _new(*tokens.issue(camera=self.camera(slug, Role.ADMIN), by=self.person))


class RotateTokens(CameraEndpoint):
    @extend_schema(request=None, responses={201: shapes.NewAgentTokenSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Revoke all tokens and make one in their place."""
        return _new(*tokens.rotate(camera=self.camera(slug, Role.ADMIN), by=self.person))


class OneAgentToken(CameraEndpoint):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, token_id: UUID) -> Response:
        """Revoke a token; the agent that came with it is shown out at once."""
        camera = self.camera(slug, Role.ADMIN)
        token = AgentToken.objects.filter(camera=camera, uuid=token_id).select_related("camera").first()
        if token is None:
            raise Http404
        tokens.revoke(token=token, by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _new(token: AgentToken, secret: str) -> Response:
    data = shapes.AgentTokenSerializer(token).data | {"secret": secret}
    return Response(data, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})
