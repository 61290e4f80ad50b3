"""The WebSocket map, composed of the apps' own; what nobody answers is refused."""

from channels.routing import URLRouter
from django.urls import re_path

import camera.routing
import chat.routing
import digi.notifications.routing
import thesis.routing
from digi.realtime.doors import refuse

urlpatterns = [
    *camera.routing.urlpatterns,
    *chat.routing.urlpatterns,
    *digi.notifications.routing.urlpatterns,
    *thesis.routing.urlpatterns,
    re_path(r"", refuse),  # type: ignore[arg-type]
]
application = URLRouter(urlpatterns)
