"""The page at which a new server gets its first administrator, by a link that was printed where it was set up."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from digi.accounts.first_forms import FirstAdministratorForm
from digi.accounts.services import first

PAGE = "accounts/first.html"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def first_administrator(request: HttpRequest, key: str) -> HttpResponse:
    """Choose name, address and password; afterwards, and for any other key, the link no longer works."""
    if not first.fits(key):
        return render(request, PAGE, {"form": None}, status=404)

    form = FirstAdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_stored():
        messages.success(request, _("You are this server’s administrator. Sign in."))
        return redirect("account_login")
    return render(request, PAGE, {"form": form}, status=422 if form.errors else 200)
