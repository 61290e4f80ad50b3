"""Digi's pages, and one that crashes over what it was sent."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from digi import urls


@csrf_exempt
def crash(request, name):
    held = request.body.decode() + request.META["QUERY_STRING"]
    raise KeyError(f"{held} {name} {request.user} {request.COOKIES}")


urlpatterns = [path("crash/<str:name>/", crash), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
