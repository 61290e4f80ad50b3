from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatusConfig(AppConfig):
    name = "digi.status"
    label = "status"
    verbose_name = _("Status")

    def ready(self) -> None:
        from digi.metrics import told_by
        from digi.realtime.registry import at_every_beat
        from digi.status import metrics, pulse
        from digi.status.services import keeping, processes
        from digi.worker.registry import duty

        at_every_beat(pulse.beat)
        told_by(metrics.collect)
        duty("worker pulse", processes.worker_lives, minutes=1)
        duty("samples", keeping.thin, minutes=15)
