"""Pages that fail in every way a page may fail."""

from django.core.exceptions import PermissionDenied
from django.urls import path

from digi import urls
from digi.errors import Conflict, Forbidden, NotFound, RateLimited


def raising(error):
    def view(request):
        raise error

    return view


urlpatterns = [
    path("denied/", raising(PermissionDenied())),
    path("forbidden/", raising(Forbidden("Only the owner may do this."))),
    path("missing/", raising(NotFound("No such room."))),
    path("conflict/", raising(Conflict("Ravi changed this <i>meanwhile</i>."))),
    path("fast/", raising(RateLimited("Too fast.", retry_after=3))),
    path("broken/", raising(RuntimeError("secret internals"))),
    *urls.urlpatterns,
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
