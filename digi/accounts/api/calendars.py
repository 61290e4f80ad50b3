"""A person's calendar: its secret link at `/api/v1/me/calendar/`, and what stands behind it, without signing in."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import parse_etags
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from digi.accounts import serializers
from digi.accounts.api.endpoints import AnyTypeEndpoint, PersonEndpoint
from digi.accounts.models import CalendarFeed
from digi.accounts.services import calendars

EXAMPLE = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Digi//Digi//EN\r
BEGIN:VEVENT\r
SUMMARY:Milestone: Measurements (Bounded lag)\r
DTSTART;VALUE=DATE:20260430\r
DTEND;VALUE=DATE:20260501\r
DTSTAMP:20260312T093400Z\r
UID:milestone-0b5c2f5e-3c1c-4b59-9a3f-0e5a3c1d2f4b@digi\r
SEQUENCE:2\r
LAST-MODIFIED:20260312T093400Z\r
TRANSP:TRANSPARENT\r
END:VEVENT\r
END:VCALENDAR\r
"""
LINK = "https://digi.example/api/v1/calendar/tq1bQy….ics"
TIMES = {"created_at": "2026-03-12T09:34:00.000Z", "last_used_at": None}


class CalendarLink(PersonEndpoint):
    required_scopes = {"GET": "me:read", "POST": "calendar:write", "DELETE": "calendar:write"}

    @extend_schema(
        responses=serializers.CalendarSerializer,
        examples=[OpenApiExample("Shared", {"shared": True} | TIMES, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """Is there a link to your calendar, and when was it last used? The link itself is shown once only."""
        feed = CalendarFeed.objects.filter(user=self.person).first()
        return Response(serializers.CalendarSerializer(feed or CalendarFeed()).data)

    @extend_schema(
        request=None,
        responses={201: serializers.NewCalendarSerializer},
        examples=[OpenApiExample("Made", {"shared": True} | TIMES | {"url": LINK}, response_only=True)],
    )
    def post(self, request: Request) -> Response:
        """Make the link to your calendar, or another one: the former works no more from now on."""
        feed, secret = calendars.share(user=self.person)
        url = request.build_absolute_uri(reverse("calendar_feed", args=[secret]))
        data = serializers.CalendarSerializer(feed).data | {"url": url}
        return Response(data, status=201, headers={"Cache-Control": "no-store"})

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Revoke the link: whoever has it finds nothing any more."""
        calendars.withdraw(user=self.person)
        return Response(status=204)


class Feed(AnyTypeEndpoint):
    """Who has the link needs nothing else: calendar programs neither sign in nor hold tokens."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(
        auth=[],
        parameters=[OpenApiParameter("If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER)],
        responses={(200, "text/calendar"): OpenApiTypes.STR, 304: None},
        examples=[OpenApiExample("A calendar", EXAMPLE, media_type="text/calendar", response_only=True)],
    )
    def get(self, request: Request, secret: str) -> HttpResponseBase:
        """Deadlines, milestones, tasks, meetings and defences that concern the owner of the link now (RFC 5545)."""
        content = calendars.fetch(secret=secret)
        answer = _answer(request._request, content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer


def _answer(request: HttpRequest, content: bytes, tag: str) -> HttpResponse:
    known = [one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))]
    if "*" in known or tag in known:
        return HttpResponseNotModified(headers={"ETag": tag})
    headers = {"ETag": tag, "Content-Disposition": 'inline; filename="digi.ics"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
