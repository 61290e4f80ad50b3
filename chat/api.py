"""The API of rooms and messages: `/api/v1/rooms/`. Posting here is live in every socket."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chat import serializers
from chat.models import Room
from chat.services import drafts, history, messages, overview, rooms, sealing
from chat.services.overview import RoomView
from digi.accounts.models import User
from digi.crypto import Unreadable
from digi.errors import Invalid, NotFound

PAGE = 50
LARGEST = 200


class RoomEndpoint(APIView):
    """Reading needs the scope `rooms:read`, changing `rooms:write`."""

    required_scopes = {"GET": "rooms:read"} | dict.fromkeys(("POST", "PATCH", "PUT", "DELETE"), "rooms:write")

    def room(self, request: Request, room_id: UUID) -> Room:
        """The room, if the person is in it: missing and forbidden are alike."""
        room = Room.objects.of(request.user).filter(uuid=room_id).first()
        if room is None:
            raise Http404
        return room

    def view(self, request: Request, room: Room) -> RoomView:
        view = overview.one(_person(request), room)
        if view is None:
            raise Http404
        return view


class Rooms(RoomEndpoint):
    @extend_schema(operation_id="rooms_list", responses=serializers.RoomsSerializer)
    def get(self, request: Request) -> Response:
        """Your rooms, the latest first."""
        views = overview.listed(_person(request))
        return Response({"next": None, "results": [serializers.RoomSerializer(view).data for view in views]})

    @extend_schema(
        request=serializers.OpenRoomSerializer,
        responses={200: serializers.RoomSerializer, 201: serializers.RoomSerializer},
    )
    def post(self, request: Request) -> Response:
        """Open the room of you and another person: a new one (201), or the one there is (200)."""
        asked = serializers.OpenRoomSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        other = User.objects.present().filter(username=asked.validated_data["with"]).first()
        if other is None:
            raise NotFound(_("There is nobody of this name."), code="unknown_person")
        room, created = rooms.open_pair(by=_person(request), other=other)
        view = self.view(request, room)
        return Response(serializers.RoomSerializer(view).data, status=201 if created else 200)


class OneRoom(RoomEndpoint):
    @extend_schema(responses=serializers.RoomSerializer)
    def get(self, request: Request, room_id: UUID) -> Response:
        """One room, with a fresh connection id."""
        return Response(serializers.RoomSerializer(self.view(request, self.room(request, room_id))).data)

    @extend_schema(request=serializers.RoomSettingsSerializer, responses=serializers.RoomSerializer)
    def patch(self, request: Request, room_id: UUID) -> Response:
        """Your own settings in the room."""
        asked = serializers.RoomSettingsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        room = self.room(request, room_id)
        if "receipts" in asked.validated_data:
            rooms.set_receipts(room=room, by=_person(request), on=asked.validated_data["receipts"])
        return Response(serializers.RoomSerializer(self.view(request, room)).data)


class Leave(RoomEndpoint):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, room_id: UUID) -> Response:
        """Leave the room; what was written stays."""
        rooms.leave(room=self.room(request, room_id), by=_person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Hide(RoomEndpoint):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, room_id: UUID) -> Response:
        """Take the room out of your list until something happens in it."""
        rooms.hide(room=self.room(request, room_id), by=_person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class OneDraft(RoomEndpoint):
    @extend_schema(request=serializers.DraftSerializer, responses={204: None})
    def put(self, request: Request, room_id: UUID) -> Response:
        """Keep what you have begun to write; empty drops it."""
        asked = serializers.DraftSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        drafts.keep(room=self.room(request, room_id), by=_person(request), text=asked.validated_data["message"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class Messages(RoomEndpoint):
    @extend_schema(
        operation_id="rooms_messages_list",
        parameters=[
            OpenApiParameter("before", OpenApiTypes.INT64, description="Messages with a smaller seq."),
            OpenApiParameter("after", OpenApiTypes.INT64, description="Messages with a greater seq."),
            OpenApiParameter("limit", OpenApiTypes.INT, description="1–200, 50 unless told."),
        ],
        responses=serializers.MessagesSerializer,
    )
    def get(self, request: Request, room_id: UUID) -> Response:
        """A page of messages in ascending seq: the newest, or those before or after a seq."""
        room = self.room(request, room_id)
        limit = _number(request, "limit", 1, LARGEST) or PAGE
        before, after = _number(request, "before"), _number(request, "after")
        if before is not None and after is not None:
            raise Invalid("Give `before` or `after`, not both.", code="invalid")
        found, more = history.page(room, before=before, after=after, limit=limit)
        return Response({"results": [serializers.MessageSerializer(message).data for message in found], "more": more})

    @extend_schema(
        request=serializers.PostSerializer,
        responses={200: serializers.WrittenSerializer, 201: serializers.WrittenSerializer},
    )
    def post(self, request: Request, room_id: UUID) -> Response:
        """Write into the room. The same `cid` again answers 200 with what the first one stored."""
        asked = serializers.PostSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        written = messages.post(
            room=self.room(request, room_id),
            by=_person(request),
            text=asked.validated_data["message"],
            cid=asked.validated_data.get("cid"),
            reply_to=asked.validated_data.get("reply_to"),
        )
        return Response(serializers.WrittenSerializer(written).data, status=200 if written.duplicate else 201)


class OneMessage(RoomEndpoint):
    @extend_schema(responses=serializers.MessageSerializer)
    def get(self, request: Request, room_id: UUID, message_id: str) -> Response:
        """One message."""
        room = self.room(request, room_id)
        found = history.message(room, _seq(room, message_id))
        if found is None:
            raise Http404
        return Response(serializers.MessageSerializer(found).data)

    @extend_schema(request=serializers.EditSerializer, responses=serializers.WrittenSerializer)
    def patch(self, request: Request, room_id: UUID, message_id: str) -> Response:
        """Replace your message's text; with `base_rev`, only if that is what stands there (409 otherwise)."""
        asked = serializers.EditSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        written = messages.edit(
            room=self.room(request, room_id),
            by=_person(request),
            message_id=message_id,
            text=asked.validated_data["message"],
            base_rev=asked.validated_data.get("base_rev"),
            cid=asked.validated_data.get("cid"),
        )
        return Response(serializers.WrittenSerializer(written).data)

    @extend_schema(responses={200: serializers.WrittenSerializer})
    def delete(self, request: Request, room_id: UUID, message_id: str) -> Response:
        """Delete your message and its earlier texts; a tombstone stays."""
        room = self.room(request, room_id)
        written = messages.delete(room=room, by=_person(request), message_id=message_id)
        return Response(serializers.WrittenSerializer(written).data)


class Revisions(RoomEndpoint):
    @extend_schema(responses=serializers.RevisionsSerializer)
    def get(self, request: Request, room_id: UUID, message_id: str) -> Response:
        """What a message said before it was edited, oldest first, and what it says now."""
        room = self.room(request, room_id)
        seq = _seq(room, message_id)
        found = history.revisions(room, seq)
        if not found and history.message(room, seq) is None:
            raise Http404
        return Response({"results": [{"rev": rev, "message": text, "at": at} for rev, text, at in found]})


def _person(request: Request) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _seq(room: Room, message_id: str) -> int:
    try:
        return sealing.numbering(bytes(room.id_key), room.uuid.bytes).reveal(message_id)
    except Unreadable:
        raise Http404 from None


def _number(request: Request, name: str, least: int = 0, most: int = 2**62) -> int | None:
    text: Any = request.query_params.get(name)
    if text is None:
        return None
    if not str(text).isdecimal() or len(text) > 20 or not least <= int(text) <= most:
        raise Invalid(f"`{name}` is a whole number from {least} to {most}.", code="invalid", field=name)
    return int(text)
