"""The inbox as a page: a shelf of it, one notification beside it, and the way to what it is about."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digi.accounts.requests import SignedInRequest
from digi.notifications.forms.inbox import SHELVES, Place
from digi.notifications.kinds import kinds
from digi.notifications.models import Mute, Notification, Timing
from digi.notifications.services import later, links, listing, states, wishes
from digi.notifications.services.views import view
from digi.notifications.views.rows import rows_of

PAGE = 50


@never_cache
@login_required
@require_safe
def shelf(request: SignedInRequest) -> HttpResponse:
    """What stands in the person's inbox, the newest first."""
    return render(request, "notifications/inbox.html", _framed(request, None) | {"open": "list"})


@never_cache
@login_required
@require_safe
def item(request: SignedInRequest, number: int) -> HttpResponse:
    """One notification beside its shelf. To open it is to read it; a page that renews itself opens nothing."""
    told = _own(request, number)
    if told.read_at is None and "X-Digi-Live" not in request.headers:
        states.read(user=request.user, numbers=[number])
        told = _own(request, number)
    context = _framed(request, number)
    (row,) = rows_of([view(told)], context["place"], number)
    context |= {"open": "main", "row": row, "next": _after(context["rows"], number), **_reached(request, told)}
    return render(request, "notifications/inbox.html", context)


@never_cache
@login_required
@require_safe
def lead(request: SignedInRequest, number: int) -> HttpResponse:
    """Read it, and go where it happened."""
    told = _own(request, number)
    states.read(user=request.user, numbers=[number])
    return redirect(links.here(told.url) if told.url else reverse("notifications:item", args=[number]))


def _own(request: SignedInRequest, number: int) -> Notification:
    found = listing.one(user=request.user, number=number)
    if found is None:
        raise Http404
    return found


def _framed(request: SignedInRequest, number: int | None) -> dict[str, Any]:
    place = Place.of(request.GET)
    page = listing.page(user=request.user, shelf=place.shelf, kind=place.kind, before=place.before, limit=PAGE)
    mine = Notification.objects.of(request.user).order_by("kind").values_list("kind", flat=True).distinct()
    inbox = reverse("notifications:inbox")
    return {
        "place": place,
        "page": page,
        "rows": rows_of(page.results, place, number),
        "tabs": [(name, inbox + place.query(shelf=name, before=None)) for name in SHELVES],
        "kinds": [
            (name, kinds[name].label, inbox + place.query(kind=name, before=None)) for name in mine if name in kinds
        ],
        "kind": kinds.get(place.kind),
        "every_kind": inbox + place.query(kind="", before=None),
        "list_url": inbox + place.query(),
        "older": inbox + place.query(before=page.next) if page.next else "",
        "newest": inbox + place.query(before=None) if place.before else "",
        "later": later.choices(request.user, timezone.now()),
    }


def _after(rows: list[Any], number: int) -> str:
    """The address of the row below, or above where this one is the last."""
    numbers = [row.told["id"] for row in rows]
    if number not in numbers:
        return rows[0].href if rows else ""
    at = numbers.index(number)
    beside = rows[at + 1 : at + 2] or rows[max(0, at - 1) : at]
    return beside[0].href if beside else ""


def _reached(request: SignedInRequest, told: Notification) -> dict[str, Any]:
    """By which ways things of this kind come, and whether its reason is muted."""
    muted = Mute.objects.filter(user=request.user, reason=told.reason, target__in=("", told.target))
    timings = wishes.preferences_of(request.user).get(told.kind)
    return {
        "muted": list(muted.order_by("target").values_list("target", flat=True)),
        "ways": {channel: Timing(timing).label for channel, timing in timings.items()} if timings else None,
    }
