from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "digi.notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from digi.metrics import told_by
        from digi.notifications import metrics, receivers  # noqa: F401 - importing receivers connects them
        from digi.notifications.services import catching, holdings, keeping, post, reminders, states
        from digi.notifications.services.deliveries import MAILS
        from digi.realtime.registry import numbered
        from digi.worker.registry import duty

        told_by(metrics.collect)
        numbered("inbox", catching.heads)
        holdings.register_own()
        duty(MAILS, post.send_due, minutes=1)
        duty("reminders", reminders.remind, minutes=15)
        duty("tidy", keeping.tidy, minutes=24 * 60)
        duty("snoozed", states.wake_due, minutes=1)
