"""The API of an inbox: what stands in it, and what is done with it."""

from dataclasses import asdict
from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from digi.accounts.models import User
from digi.errors import Invalid
from digi.notifications import serializers
from digi.notifications.api.endpoints import Endpoint, tagged
from digi.notifications.api.wishes import muted
from digi.notifications.models import Notification
from digi.notifications.services import listing, states, tags, wishes
from digi.notifications.services.listing import Shelf
from digi.notifications.services.views import views_for

PAGE = 50
LARGEST = 200
EXAMPLE = {
    "id": 17,
    "n": 42,
    "kind": "thesis.comment",
    "text": "Ravi left two remarks",
    "title": "Bounded-lag fan-out of live video",
    "why": "because you supervise this thesis",
    "reason": "thesis.supervisor",
    "actor": {"user": "ravi", "name": "Ravi Subramanian"},
    "count": 2,
    "target": "thesis:5f0cbb0e-0c0e-4a43-8b6e-6a2f3f0b7d5c",
    "url": "/theses/5f0cbb0e-0c0e-4a43-8b6e-6a2f3f0b7d5c/",
    "at": "2026-03-12T09:34:00.000Z",
    "seen": True,
    "read": False,
    "done": False,
    "snoozed_until": None,
}


class Notifications(Endpoint):
    @extend_schema(
        operation_id="notifications_list",
        parameters=[
            OpenApiParameter("state", OpenApiTypes.STR, enum=Shelf.values, description="`inbox` unless told."),
            OpenApiParameter("kind", OpenApiTypes.STR, description="One kind only."),
            OpenApiParameter("before", OpenApiTypes.INT64, description="The last page's `next`."),
            OpenApiParameter(
                "after", OpenApiTypes.INT64, description="Instead: what changed after this `n`, oldest first."
            ),
            OpenApiParameter("limit", OpenApiTypes.INT, description="1–200, 50 unless told."),
        ],
        responses=serializers.PageSerializer,
        examples=[
            OpenApiExample(
                "A page",
                {"results": [EXAMPLE], "next": None, "last_id": 42, "unread": 1, "revoked": []},
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Your inbox, the newest first; with `after`, what you have missed."""
        limit = _number(request, "limit", 1, LARGEST) or PAGE
        after, before = _number(request, "after"), _number(request, "before")
        shelf = request.query_params.get("state", Shelf.INBOX)
        if shelf not in Shelf.values:
            raise Invalid("`state` is one of: " + ", ".join(Shelf.values), code="invalid", field="state")
        if after is not None:
            page = listing.changes(user=self.person(request), after=after, limit=limit)
        else:
            kind = request.query_params.get("kind", "").replace("\x00", "")[:64]
            page = listing.page(user=self.person(request), shelf=shelf, kind=kind, before=before, limit=limit)
        return Response(asdict(page))


class OneNotification(Endpoint):
    @extend_schema(
        operation_id="notifications_retrieve",
        responses=serializers.NotificationSerializer,
        examples=[OpenApiExample("One", EXAMPLE, response_only=True)],
    )
    def get(self, request: Request, number: int) -> Response:
        """One notification."""
        found = _own(self.person(request), number)
        (view,) = views_for(self.person(request), [found])
        return tagged(view, tags.of(view))


class Verb(Endpoint):
    """What is done with several notifications at once; every open page hears of it."""

    body: type[Serializer[Any]] = serializers.NumbersOrAllSerializer
    act: Any

    def perform(self, request: Request) -> Response:
        asked = self.asked(self.body, request)
        more = {"until": asked["until"]} if "until" in asked else {}
        numbers = asked.get("ids")
        return Response({"changed": type(self).act(user=self.person(request), numbers=numbers, **more)})


class Seen(Verb):
    act = staticmethod(states.see)

    @extend_schema(request=serializers.NumbersOrAllSerializer, responses=serializers.ChangedSerializer)
    def post(self, request: Request) -> Response:
        """They have been on the screen."""
        return self.perform(request)


class Read(Verb):
    act = staticmethod(states.read)

    @extend_schema(request=serializers.NumbersOrAllSerializer, responses=serializers.ChangedSerializer)
    def post(self, request: Request) -> Response:
        """They have been opened."""
        return self.perform(request)


class Done(Verb):
    act = staticmethod(states.finish)

    @extend_schema(request=serializers.NumbersOrAllSerializer, responses=serializers.ChangedSerializer)
    def post(self, request: Request) -> Response:
        """They are done with, and leave the inbox."""
        return self.perform(request)


class Unread(Verb):
    act = staticmethod(states.unread)
    body = serializers.NumbersSerializer

    @extend_schema(request=serializers.NumbersSerializer, responses=serializers.ChangedSerializer)
    def post(self, request: Request) -> Response:
        """As if they had not been opened."""
        return self.perform(request)


class Reopen(Verb):
    act = staticmethod(states.reopen)
    body = serializers.NumbersSerializer

    @extend_schema(request=serializers.NumbersSerializer, responses=serializers.ChangedSerializer)
    def post(self, request: Request) -> Response:
        """Back into the inbox, from what is done and from what was put off."""
        return self.perform(request)


class Snooze(Verb):
    act = staticmethod(states.snooze)
    body = serializers.SnoozeSerializer

    @extend_schema(request=serializers.SnoozeSerializer, responses=serializers.ChangedSerializer)
    def post(self, request: Request) -> Response:
        """Put them off: they come back, unread, at that moment."""
        return self.perform(request)


class MuteReason(Endpoint):
    @extend_schema(
        operation_id="notifications_mute", request=serializers.MuteSerializer, responses=serializers.MutedSerializer
    )
    def post(self, request: Request, number: int) -> Response:
        """No longer be told for this notification's reason, about its target or about any."""
        person = self.person(request)
        told = _own(person, number)
        target = "" if self.asked(serializers.MuteSerializer, request)["everywhere"] else told.target
        wishes.mute(user=person, reason=told.reason, target=target)
        return Response(muted(told.reason, target))


def _own(user: User, number: int) -> Notification:
    found = listing.one(user=user, number=number)
    if found is None:
        raise Http404
    return found


def _number(request: Request, name: str, least: int = 0, most: int = 2**53) -> int | None:
    text: Any = request.query_params.get(name)
    if text is None:
        return None
    if not str(text).isdecimal() or len(text) > 20 or not least <= int(text) <= most:
        raise Invalid(f"`{name}` is a whole number from {least} to {most}.", code="invalid", field=name)
    return int(text)
