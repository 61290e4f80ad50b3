"""Where a person is signed in."""

from typing import Any

from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from digi.accounts.adapters import NOWHERE
from digi.accounts.services import sessions

_signer = Signer(salt="digi.accounts.sessions")


class SessionList(ListUserSessionsView):
    """allauth's list, where each session can be ended by itself: POST `session`, its `handle`. Without: all others."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        for session in context["sessions"]:
            session.handle = _signer.sign(session.pk)
            session.address = "" if session.ip == NOWHERE else session.ip
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        handle = request.POST.get("session")
        if handle is None:
            answer: HttpResponse = super().post(request, *args, **kwargs)
            return answer

        session = self._named(handle)
        if session.is_current():
            return redirect("account_logout")
        sessions.end(session_keys=[session.session_key], by=session.user)
        return redirect("usersessions_list")

    def _named(self, handle: str) -> UserSession:
        try:
            pk = int(_signer.unsign(handle))
        except (BadSignature, ValueError) as error:
            raise Http404(_("There is nothing here that you may see.")) from error
        session = UserSession.objects.filter(pk=pk, user_id=self.request.user.pk).select_related("user").first()
        if session is None:
            raise Http404(_("There is nothing here that you may see."))
        return session
