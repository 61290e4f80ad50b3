"""The sockets of cameras."""

from django.urls import re_path

from camera.consumers import choose

urlpatterns = [
    re_path(r"^ws/camera/(?:(?P<slug>[a-z0-9-]{1,60})/)?$", choose),  # type: ignore[arg-type]
]
