"""Tokens for programs: named, limited, shown once, revoked."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from digi.accounts.forms import TokenForm
from digi.accounts.models import Token
from digi.accounts.requests import SignedInRequest
from digi.accounts.services import tokens
from digi.errors import DigiError


@login_required
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: SignedInRequest) -> HttpResponse:
    """The person's tokens, and the form for a new one, whose secret stands in the answer to the form alone."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    secret = ""
    if form.is_bound and form.is_valid():
        try:
            _token, secret = tokens.create(user=request.user, **form.cleaned_data)
            form = TokenForm()
        except DigiError as error:
            form.add_error(None, str(error.message))
    context = {"form": form, "secret": secret, "tokens": Token.objects.filter(user=request.user)}
    return render(request, "accounts/tokens.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def revoke_token(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    token = Token.objects.filter(user=request.user, uuid=uuid).select_related("user").first()
    if token is None:
        raise Http404(_("There is nothing here that you may see."))

    tokens.revoke(token=token, by=request.user)
    messages.success(request, _("The token is revoked."))
    return redirect("accounts:tokens")
