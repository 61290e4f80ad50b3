"""Which new topics somebody wants to hear of."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from digi.accounts.requests import SignedInRequest
from digi.errors import NotFound
from thesis.forms.topics import SubscribeForm
from thesis.models import TopicSubscription
from thesis.services import topics


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: SignedInRequest) -> HttpResponse:
    """What the person is told of; a programme or a tag is added here."""
    form = SubscribeForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        topics.subscribe(by=request.user, **form.cleaned_data)
        messages.success(request, _("You will hear of new topics."))
        return _back(request)
    found = TopicSubscription.objects.filter(user=request.user).select_related("programme").order_by("pk")
    known = {"form": form, "subscriptions": found}
    return render(request, "thesis/topic_subscriptions.html", known, status=422 if form.is_bound else 200)


@login_required
@require_POST
def end(request: SignedInRequest, subscription_id: UUID) -> HttpResponse:
    """Hear of them no more."""
    subscription = TopicSubscription.objects.filter(user=request.user, uuid=subscription_id).first()
    if subscription is None:
        raise NotFound(_("There is no such subscription."))
    topics.unsubscribe(subscription=subscription, by=request.user)
    messages.success(request, _("You will not hear of them any more."))
    return _back(request)


def _back(request: SignedInRequest) -> HttpResponse:
    """To the list that the form stood on, else to the subscriptions."""
    place = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(place, allowed_hosts=None)
    return redirect(place if safe and place.startswith("/") else "thesis:topic_subscriptions")
