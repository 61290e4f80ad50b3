from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkerConfig(AppConfig):
    name = "digi.worker"
    verbose_name = _("Worker")

    def ready(self) -> None:
        from digi.metrics import told_by
        from digi.worker import metrics
        from digi.worker.registry import duty
        from digi.worker.services import jobs

        told_by(metrics.collect)
        duty("jobs", jobs.run_due, minutes=1)
