"""A page with a form: it acts, refuses, fails or takes its time, as it is asked."""

from threading import Event

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path

from digi import urls

acts: list[str] = []
begun, go_on = Event(), Event()


@login_required
def act(request):
    asked = request.POST["do"]
    if asked == "refuse":
        return HttpResponse("no", status=422)
    if asked == "fail":
        raise RuntimeError
    if asked == "slowly":
        begun.set()
        assert go_on.wait(30)
    acts.append(asked)
    answer = redirect(f"/acted/{len(acts)}/")
    answer.set_cookie("said", "Saved")
    return answer


urlpatterns = [path("act/", act), *urls.urlpatterns]
handler500 = urls.handler500
