"""What Digi holds about oneself: taken away at `/api/v1/me/export/`, erased at `/api/v1/me/erasure/`."""

from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from digi.accounts import names, serializers
from digi.accounts.api.endpoints import AnyTypeEndpoint, PersonEndpoint
from digi.accounts.services import erasure, export, people
from digi.api import AddressThrottle, ConfirmationThrottle, ExportThrottle, PersonThrottle
from digi.errors import Forbidden, Invalid
from digi.files import archives

GOES = {"name": "account/tokens", "what": "Tokens for programs", "count": 2}
STAYS = {
    "name": "chat/messages",
    "what": "Messages you wrote",
    "count": 310,
    "why": "What you wrote to others is theirs to read, too; it stays, under a name that says nothing.",
}
EXAMPLE = OpenApiExample("What becomes of it", {"goes": [GOES], "stays": [STAYS]}, response_only=True)


class Export(AnyTypeEndpoint, PersonEndpoint):
    required_scopes = {"GET": "me:export"}
    throttle_classes = (PersonThrottle, AddressThrottle, ExportThrottle)

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request) -> HttpResponseBase:
        """Everything that Digi holds about you, as JSON by place, with your own files; `index.json` says what it is.

        It is packed while it is sent and stored nowhere. That you took it away is noted in the audit.
        """
        export.note(user=self.person)
        return archives.send(request._request, f"digi-{self.person.username}.zip", export.entries(self.person))


class Erasure(PersonEndpoint):
    """Looked at by tokens, too; done by the person alone, in a session."""

    required_scopes = {"GET": "me:read"}

    def get_throttles(self) -> Any:
        more = [ConfirmationThrottle()] if self.request.method == "POST" else []
        return [*super().get_throttles(), *more]

    @extend_schema(responses=serializers.ErasureSerializer, examples=[EXAMPLE])
    def get(self, request: Request) -> Response:
        """What would go if you erased your account now, and what would stay, and why."""
        return Response(_told(erasure.preview(self.person)))

    @extend_schema(
        request=serializers.EraseSerializer,
        responses=serializers.ErasureSerializer,
        examples=[EXAMPLE, OpenApiExample("By password", {"password": "correct horse battery"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """Erase your account, for good: by your password, or by your user name after a fresh sign-in.

        The answer is the last one that you get; it tells what went and what stays.
        """
        asked = serializers.EraseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        self._confirm(**asked.validated_data)
        told = _told(people.erase(user=self.person))
        request._request.session.flush()
        return Response(told)

    def _confirm(self, password: str, username: str) -> None:
        if password:
            if not self.person.check_password(password):
                raise Invalid(_("This is not your password."), code="wrong_password", field="password")
            return
        if names.user_name(username) != self.person.username:
            raise Invalid(_("This is not the user name."), code="wrong_name", field="username")
        if not did_recently_reauthenticate(self.request._request):
            raise Forbidden(_("Confirm that it is you: sign in once more, then do it again."), code="sign_in_again")


def _told(lines: list[erasure.Line]) -> dict[str, Any]:
    found = {"goes": [line for line in lines if not line.why], "stays": [line for line in lines if line.why]}
    return dict(serializers.ErasureSerializer(found).data)
