"""How much somebody wants to hear about one thing."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from digi.accounts.requests import SignedInRequest
from digi.notifications.services import wishes
from digi.notifications.views.acts import back_to


@login_required
@require_POST
def watch(request: SignedInRequest, target: str) -> HttpResponse:
    """Set the `level`, none with an empty one; back to `next`. Raises `NotFound` for what one may not read."""
    level = request.POST.get("level", "")
    if level:
        wishes.watch(user=request.user, target=target, level=level, title=request.POST.get("title", "")[:300])
    else:
        wishes.unwatch(user=request.user, target=target)
    return redirect(back_to(request))
