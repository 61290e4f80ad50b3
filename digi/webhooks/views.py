"""A person's webhooks: made, changed, tried, and what came of each delivery."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError, NotFound
from digi.notifications.kinds import kinds
from digi.webhooks import outcomes
from digi.webhooks.forms import WebhookForm
from digi.webhooks.models import Delivery, DeliveryState, Webhook
from digi.webhooks.services import signing, webhooks

PAGE = 30  # deliveries on one page
SHOWN = "webhook_secret"  # in the session: whose secret the next page shows, once


@never_cache
@login_required
@require_safe
def webhook_list(request: SignedInRequest) -> HttpResponse:
    """The person's webhooks, each with where it stands."""
    return render(request, "webhooks/list.html", {"webhooks": Webhook.objects.filter(owner=request.user)})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if form.is_bound and (made := form.stored(request.user)):
        request.session[SHOWN] = str(made.uuid)
        return redirect("webhooks:page", made.uuid)
    return render(request, "webhooks/edit.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_safe
def page(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    """One webhook, its secret right after it was made, and its log: `state` narrows it, `after` goes on."""
    webhook = _own(request, webhook_id)
    state = request.GET.get("state", "")
    rows = webhook.deliveries.prefetch_related("attempts").order_by("-pk")
    if state in DeliveryState.values:
        rows = rows.filter(state=state)
    if (after := _uuid(request.GET.get("after", ""))) is not None:
        rows = rows.filter(pk__lt=Subquery(Delivery.objects.filter(uuid=after).values("pk")[:1]))
    found = list(rows[: PAGE + 1])
    context = {
        "webhook": webhook,
        "secret": _secret(request, webhook),
        "kinds": [str(kinds[name].label) if name in kinds else name for name in webhook.kinds],
        "old_until": webhook.old_until if webhook.old_until and webhook.old_until > timezone.now() else None,
        "log": [_told(delivery) for delivery in found[:PAGE]],
        "next": found[PAGE - 1].uuid if len(found) > PAGE else None,
        "state": state,
        "states": DeliveryState.choices,
    }
    return render(request, "webhooks/page.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    webhook = _own(request, webhook_id)
    form = WebhookForm(request.POST if request.method == "POST" else None, webhook=webhook)
    if form.is_bound and form.stored(request.user):
        messages.success(request, _("The webhook is saved."))
        return redirect("webhooks:page", webhook.uuid)
    context = {"form": form, "webhook": webhook}
    return render(request, "webhooks/edit.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def act(request: SignedInRequest, webhook_id: UUID) -> HttpResponse:
    """POST `act`: ping, pause, resume, rotate, rotate_now or remove."""
    webhook, wish = _own(request, webhook_id), request.POST.get("act", "")
    try:
        if wish == "ping":
            webhooks.ping(webhook=webhook)
            messages.success(request, _("A try is on its way. What comes of it stands in the log in a moment."))
        elif wish in ("pause", "resume"):
            webhooks.change(webhook=webhook, by=request.user, active=wish == "resume")
        elif wish in ("rotate", "rotate_now"):
            webhooks.rotate_secret(webhook=webhook, by=request.user, at_once=wish == "rotate_now")
            request.session[SHOWN] = str(webhook.uuid)
        elif wish == "remove":
            webhooks.remove(webhook=webhook, by=request.user)
            messages.success(request, _("The webhook and its log are removed."))
            return redirect("webhooks:list")
    except DigiError as error:
        messages.error(request, str(error.message))
    return redirect("webhooks:page", webhook.uuid)


@login_required
@require_POST
def redeliver(request: SignedInRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """The same once more, now."""
    delivery = _own(request, webhook_id).deliveries.select_related("webhook").filter(uuid=delivery_id).first()
    if delivery is None:
        raise _nothing()

    try:
        webhooks.redeliver(delivery=delivery, by=request.user)
        messages.success(request, _("It is sent again. What comes of it stands in the log in a moment."))
    except DigiError as error:
        messages.error(request, str(error.message))
    return redirect("webhooks:page", webhook_id)


def _own(request: SignedInRequest, webhook_id: UUID) -> Webhook:
    """The person's own; missing and another's are alike."""
    found = Webhook.objects.filter(owner=request.user, uuid=webhook_id).first()
    if found is None:
        raise _nothing()
    return found


def _secret(request: SignedInRequest, webhook: Webhook) -> str:
    """The secret, where the page before has made it: this once."""
    if request.session.get(SHOWN) != str(webhook.uuid):
        return ""
    del request.session[SHOWN]
    return signing.shown(webhook)


def _told(delivery: Delivery) -> dict[str, Any]:
    attempts = [(attempt, outcomes.told(attempt)) for attempt in delivery.attempts.all()]
    return {"delivery": delivery, "attempts": attempts, "last": attempts[-1] if attempts else None}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _nothing() -> NotFound:
    return NotFound(_("There is nothing here that you may see."))
