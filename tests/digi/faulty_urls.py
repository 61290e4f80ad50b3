"""Pages that fail in every way a page may fail."""

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from digi import urls
from digi.errors import Conflict, Forbidden, NotFound, RateLimited


def raising(error):
    def view(request):
        raise error

    return view


def awaited(request):
    """Answers what came, once it has not been told to fail any more: `request.META["faults"]` is a list of errors."""
    faults = request.META.get("digi.faults", [])
    sent = {name: request.POST.getlist(name) for name in request.POST} or request.body.decode()
    read = [file.read().decode() for file in request.FILES.values()]
    if faults:
        raise faults.pop(0)
    return JsonResponse({"sent": sent, "read": read})


def renaming(request):
    """Gives who asks another name, on which nobody else has a hold yet, and stumbles."""
    request.user.display_name += "!"
    faults = request.META.get("digi.faults", [])
    if faults:
        raise faults.pop(0)
    return JsonResponse({"name": request.user.display_name})


urlpatterns = [
    path("renaming/", csrf_exempt(renaming)),
    path("awaited/", csrf_exempt(awaited)),
    path("api/v1/awaited/", csrf_exempt(awaited)),
    path("denied/", raising(PermissionDenied())),
    path("forbidden/", raising(Forbidden("Only the owner may do this."))),
    path("missing/", raising(NotFound("No such room."))),
    path("conflict/", raising(Conflict("Ravi changed this <i>meanwhile</i>."))),
    path("fast/", raising(RateLimited("Too fast.", retry_after=3))),
    path("broken/", raising(RuntimeError("secret internals"))),
    *urls.urlpatterns,
]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
