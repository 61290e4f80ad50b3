"""The page that a mail's unsubscribe link opens: nobody need sign in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from digi.notifications.kinds import kinds
from digi.notifications.services import links, unsubscribing


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class Unsubscribe(View):
    """GET asks, since mail scanners follow links; POST does it (RFC 8058), and `again` takes it back.

    The token alone is the proof: a forged request would have to know it.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(request, token, "ask")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        user, names = links.unsubscribing(token)
        if "again" in request.POST:
            unsubscribing.subscribe(user=user, names=names)
            return self._page(request, token, "again")
        unsubscribing.unsubscribe(user=user, names=names)
        return self._page(request, token, "done")

    def _page(self, request: HttpRequest, token: str, state: str) -> HttpResponse:
        user, names = links.unsubscribing(token)
        with translation.override(user.language):
            labels = [str(kinds[name].label) for name in names if name in kinds]
            return render(request, "notifications/unsubscribe.html", {"state": state, "labels": labels})
