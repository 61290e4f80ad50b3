"""The API of what people wish to hear of: mutes, preferences, watch levels."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from digi.accounts.models import User
from digi.notifications import serializers
from digi.notifications.api.endpoints import IF_MATCH, Endpoint, tagged
from digi.notifications.kinds import kinds, reasons
from digi.notifications.models import Mute, Watch
from digi.notifications.services import inboxes, wishes


class Mutes(Endpoint):
    @extend_schema(operation_id="mutes_list", responses=serializers.MutesSerializer)
    def get(self, request: Request) -> Response:
        """The reasons that you no longer want to be told for."""
        rows = Mute.objects.filter(user=self.person(request)).order_by("pk").values_list("reason", "target")
        return Response({"results": [muted(reason, target) for reason, target in rows]})

    @extend_schema(
        operation_id="mutes_destroy",
        parameters=[
            OpenApiParameter("reason", OpenApiTypes.STR, required=True),
            OpenApiParameter("target", OpenApiTypes.STR, description="Left out: the one for every target."),
        ],
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        """Be told for this reason again."""
        reason, target = (request.query_params.get(name, "").replace("\x00", "") for name in ("reason", "target"))
        wishes.unmute(user=self.person(request), reason=reason, target=target)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Preferences(Endpoint):
    @extend_schema(operation_id="notification_preferences_retrieve", responses=serializers.PreferencesSerializer)
    def get(self, request: Request) -> Response:
        """How each kind reaches you, your quiet hours, and when your digests go."""
        return self._present(self.person(request))

    @extend_schema(
        operation_id="notification_preferences_partial_update",
        parameters=[IF_MATCH],
        request=serializers.PreferencesSerializer,
        responses=serializers.PreferencesSerializer,
    )
    def patch(self, request: Request) -> Response:
        """Change what you give; the rest stays. All of it or, where something is wrong, nothing."""
        person, asked = self.person(request), self.asked(serializers.PreferencesSerializer, request)
        wishes.change(user=person, kinds=asked.pop("kinds", []), hours=asked, seen=self.seen(request))
        return self._present(person)

    def _present(self, user: User) -> Response:
        box = inboxes.inbox_of(user.pk)
        found = wishes.preferences_of(user)
        shown: dict[str, Any] = dict(serializers.HoursSerializer(box).data) | {
            "kinds": [{"kind": name, "label": str(kinds[name].label)} | timings for name, timings in found.items()]
        }
        return tagged(shown, wishes.tag_of(user))


class Watches(Endpoint):
    @extend_schema(operation_id="watches_list", responses=serializers.WatchesSerializer)
    def get(self, request: Request) -> Response:
        """What you have said how much you want to hear of."""
        rows = Watch.objects.filter(user=self.person(request)).order_by("title", "pk")
        return Response({"results": serializers.WatchSerializer(rows, many=True).data})


class OneWatch(Endpoint):
    @extend_schema(operation_id="watches_retrieve", responses=serializers.WatchSerializer)
    def get(self, request: Request, target: str) -> Response:
        """How much you have said that you want to hear of this."""
        row = get_object_or_404(Watch, user=self.person(request), target=target.replace("\x00", ""))
        return tagged(serializers.WatchSerializer(row).data, wishes.tag_of_watch(row))

    @extend_schema(
        operation_id="watches_update",
        parameters=[IF_MATCH],
        request=serializers.WatchSerializer,
        responses=serializers.WatchSerializer,
    )
    def put(self, request: Request, target: str) -> Response:
        """Say how much you want to hear of this, such as `thesis:<id>`."""
        level = self.asked(serializers.WatchSerializer, request)["level"]
        row = wishes.watch(user=self.person(request), target=target, level=level, seen=self.seen(request))
        return tagged(serializers.WatchSerializer(row).data, wishes.tag_of_watch(row))

    @extend_schema(operation_id="watches_destroy", parameters=[IF_MATCH], responses={204: None})
    def delete(self, request: Request, target: str) -> Response:
        """Back to hearing what you are told."""
        wishes.unwatch(user=self.person(request), target=target.replace("\x00", ""), seen=self.seen(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def muted(reason: str, target: str) -> dict[str, str]:
    """A muted reason as it is shown."""
    known = reasons.get(reason)
    return {"reason": reason, "why": str(known.sentence) if known else "", "target": target}
