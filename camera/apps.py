from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CameraConfig(AppConfig):
    name = "camera"
    verbose_name = _("Cameras")

    def ready(self) -> None:
        from camera import metrics
        from camera.services import holdings, states
        from digi.metrics import told_by
        from digi.realtime.registry import numbered

        numbered("camera", states.heads)
        holdings.register_own()
        told_by(metrics.collect)
