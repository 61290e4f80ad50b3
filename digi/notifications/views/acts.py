"""What is done with notifications on a page: each of them, or many at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from digi.accounts.models import User
from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError
from digi.notifications.forms.inbox import ActForm
from digi.notifications.models import Notification
from digi.notifications.services import states, wishes


@login_required
@require_POST
def act(request: SignedInRequest) -> HttpResponse:
    """Do what the button says, and go back to `next`; others' notifications are nobody's here."""
    form = ActForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            VERBS[form.cleaned_data["verb"]](request.user, form.cleaned_data)
        except DigiError as error:
            messages.error(request, str(error.message))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect(back_to(request))


def _mute(user: User, asked: dict[str, Any]) -> None:
    for reason, target in _why(user, asked):
        wishes.mute(user=user, reason=reason, target=target)


def _mute_everywhere(user: User, asked: dict[str, Any]) -> None:
    for reason, _target in _why(user, asked):
        wishes.mute(user=user, reason=reason)


def _unmute(user: User, asked: dict[str, Any]) -> None:
    for reason, target in _why(user, asked):
        wishes.unmute(user=user, reason=reason, target=target)
        wishes.unmute(user=user, reason=reason)


def _why(user: User, asked: dict[str, Any]) -> list[tuple[str, str]]:
    rows = Notification.objects.of(user).filter(number__in=asked["n"]).order_by()
    return list(rows.values_list("reason", "target").distinct())


VERBS: dict[str, Callable[[User, dict[str, Any]], Any]] = {
    "read": lambda user, asked: states.read(user=user, numbers=asked["n"]),
    "read-all": lambda user, asked: states.read(user=user),
    "unread": lambda user, asked: states.unread(user=user, numbers=asked["n"]),
    "done": lambda user, asked: states.finish(user=user, numbers=asked["n"]),
    "reopen": lambda user, asked: states.reopen(user=user, numbers=asked["n"]),
    "later": lambda user, asked: states.snooze(user=user, numbers=asked["n"], until=asked["until"]),
    "mute": _mute,
    "mute-everywhere": _mute_everywhere,
    "unmute": _unmute,
}


def back_to(request: SignedInRequest) -> str:
    """The page that asked, and none of another house."""
    there = request.POST.get("next", "")
    fits = url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return there if fits else reverse("notifications:inbox")
