"""Every change of a camera's row counts its head up and is told, after the commit, to all processes' sockets."""

from typing import Any

from django.db.models import F

from camera.events import CameraChanged, camera_topic
from camera.models import Camera
from digi.realtime.publish import publish


def move(camera: Camera, /, *, only: dict[str, Any] | None = None, **values: Any) -> bool:
    """Write these columns, tell everybody, and bring `camera` up to date; False where the row is not as `only` says."""
    found = Camera.objects.filter(pk=camera.pk, **(only or {}))
    if not found.update(head=F("head") + 1, **values):
        return False
    camera.refresh_from_db()
    publish(CameraChanged(topic=camera_topic(camera.pk), camera_id=camera.pk, head=camera.head))
    return True
