"""What reaches a person and how: by kind and channel, by hour, by what they follow and what they have muted."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from digi.accounts.models import User
from digi.accounts.requests import SignedInRequest
from digi.errors import Stale
from digi.notifications.forms.preferences import PreferencesForm
from digi.notifications.kinds import kinds, reasons
from digi.notifications.models import Mute, Notification, Watch
from digi.notifications.services import wishes


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: SignedInRequest) -> HttpResponse:
    """The matrix and the hours as one form; a POST with an older `version` shows both and changes nothing."""
    form = PreferencesForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            wishes.change(user=request.user, **form.asked(), seen=request.POST.get("version"))
            messages.success(request, _("Saved."))
            return redirect("notifications:preferences")
        except Stale:
            form.compare()
    status = 422 if form.errors or form.is_stale else 200
    return render(request, "notifications/preferences.html", _shown(request.user, form), status=status)


@login_required
@require_POST
def unmute(request: SignedInRequest) -> HttpResponse:
    """Be told for this reason again; an empty target is all of them."""
    reason, target = (request.POST.get(name, "").replace("\x00", "") for name in ("reason", "target"))
    wishes.unmute(user=request.user, reason=reason, target=target)
    return redirect("notifications:preferences")


def _shown(user: User, form: PreferencesForm) -> dict[str, Any]:
    return {
        "form": form,
        "version": wishes.tag_of(user),
        "obligatory": [kind.label for kind in kinds.values() if kind.obligatory],
        "watches": list(Watch.objects.filter(user=user).order_by("title", "pk")),
        "mutes": _muted(user),
    }


def _muted(user: User) -> list[dict[str, Any]]:
    rows = list(Mute.objects.filter(user=user).order_by("pk"))
    told = Notification.objects.of(user).filter(target__in={row.target for row in rows if row.target})
    titles = dict(told.order_by("number").values_list("target", "title"))
    return [
        {
            "reason": row.reason,
            "target": row.target,
            "why": str(reasons[row.reason].sentence),
            "title": titles.get(row.target, ""),
        }
        for row in rows
        if row.reason in reasons
    ]
