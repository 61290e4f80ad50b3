"""Who belongs to a thesis, and reviewers by a link: `/api/v1/theses/{id}/members/`, `/api/v1/invited/`."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from digi.accounts.api.endpoints import IF_MATCH, listed, somebody, versioned
from digi.errors import Invalid
from digi.files import downloads
from thesis.api.endpoints import ThesisEndpoint, one
from thesis.api.theses import OneEndpoint, shown
from thesis.models import Invitation, Thesis, ThesisMember
from thesis.serializers import discussion as words
from thesis.serializers import theses as shapes
from thesis.services import access, guests, members
from thesis.states import Part

SECRET = OpenApiParameter(
    "X-Invitation", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description="The link's secret."
)


class Members(ThesisEndpoint):
    @extend_schema(operation_id="theses_members_list", responses=shapes.ThesisMembersSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """Who belongs to the thesis now."""
        current = ThesisMember.objects.current().filter(thesis=self.thesis(thesis_id))
        found = current.select_related("user__avatar").order_by("pk")
        return Response({"results": listed(shapes.ThesisMemberSerializer, found)})

    @extend_schema(request=shapes.AddThesisMemberSerializer, responses={201: shapes.ThesisMemberSerializer})
    def post(self, request: Request, thesis_id: UUID) -> Response:
        """Bring somebody in. Each student and each supervisor get a chat room."""
        thesis = self.thesis(thesis_id)
        values = self.sent(shapes.AddThesisMemberSerializer)
        user = somebody(values.pop("user"))
        member = members.add(thesis=thesis, user=user, by=self.person, **values)
        return Response(shapes.ThesisMemberSerializer(member).data, status=status.HTTP_201_CREATED)


class OneMember(ThesisEndpoint):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, thesis_id: UUID, member_id: UUID) -> Response:
        """Take a role away, or leave."""
        thesis = self.thesis(thesis_id)
        member = one(ThesisMember.objects.current().filter(thesis=thesis), member_id)
        members.remove(thesis=thesis, member=member, by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)


class HandOver(OneEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=shapes.HandOverSerializer, responses=shapes.ThesisMemberSerializer)
    def post(self, request: Request, thesis_id: UUID) -> Response:
        """Give the thesis to another supervisor."""
        thesis = self.thesis(thesis_id)
        to = somebody(self.sent(shapes.HandOverSerializer)["to"])
        member = members.hand_over(thesis=thesis, to=to, by=self.person, version=self.version)
        return versioned(shapes.ThesisMemberSerializer(member).data, member.thesis)


class Invitations(ThesisEndpoint):
    @extend_schema(operation_id="theses_invitations_list", responses=shapes.InvitationsSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """Reviewers who were invited by a link."""
        thesis = self.thesis(thesis_id)
        access.admit(thesis, self.person, Part.SUPERVISOR)
        found = thesis.invitations.order_by("pk")
        return Response({"results": listed(shapes.InvitationSerializer, found)})

    @extend_schema(request=shapes.InviteSerializer, responses={201: shapes.NewInvitationSerializer})
    def post(self, request: Request, thesis_id: UUID) -> Response:
        """Make a link for a reviewer without an account. Its secret is shown this once."""
        thesis = self.thesis(thesis_id)
        made: Any
        made, secret = guests.invite(thesis=thesis, by=self.person, **self.sent(shapes.InviteSerializer))
        made.secret = secret
        return Response(shapes.NewInvitationSerializer(made).data, status=status.HTTP_201_CREATED)


class OneInvitation(ThesisEndpoint):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, thesis_id: UUID, invitation_id: UUID) -> Response:
        """Take a link back; it opens nothing from now on."""
        thesis = self.thesis(thesis_id)
        access.admit(thesis, self.person, Part.SUPERVISOR)
        guests.revoke(invitation=one(thesis.invitations.all(), invitation_id), by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)


class GuestEndpoint(APIView):
    """For who shows the secret of a link in the header `X-Invitation`; nobody signs in here."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @property
    def secret(self) -> str:
        secret = str(self.request.headers.get("X-Invitation", ""))
        if not secret:
            raise Invalid("X-Invitation is missing.", code="no_secret")
        return secret


class Invited(GuestEndpoint):
    @extend_schema(parameters=[SECRET], responses=shapes.InvitedSerializer)
    def get(self, request: Request) -> Response:
        """The thesis that the link opens, with its newest draft and final version."""
        invitation = guests.enter(secret=self.secret)
        return Response(shapes.InvitedSerializer(_view(invitation)).data)


class InvitedFile(GuestEndpoint):
    @extend_schema(
        parameters=[SECRET],
        responses={(code, "*/*"): OpenApiTypes.BINARY for code in (200, 206)} | {304: None},
    )
    def get(self, request: Request, version_id: UUID) -> HttpResponseBase:
        """A version that the link opens, as an attachment."""
        invitation = guests.enter(secret=self.secret)
        for version in guests.versions(invitation):
            if version.uuid == version_id:
                return downloads.send(request._request, version.file)
        raise Http404

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A file is what it is, whatever media types the client would like."""
        return super().perform_content_negotiation(request, force=True)


class InvitedComments(GuestEndpoint):
    @extend_schema(parameters=[SECRET], request=words.EditCommentSerializer, responses={201: words.CommentSerializer})
    def post(self, request: Request) -> Response:
        """Say what you think; supervisors and examiners read it."""
        asked = words.EditCommentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        comment = guests.comment(secret=self.secret, body=asked.validated_data["body"])
        return Response(words.CommentSerializer(comment).data, status=status.HTTP_201_CREATED)


def _view(invitation: Invitation) -> dict[str, Any]:
    thesis = shown(Thesis.objects.filter(pk=invitation.thesis_id)).get()
    return {
        "name": invitation.name,
        "expires_at": invitation.expires_at,
        "thesis": thesis,
        "versions": guests.versions(invitation),
    }
