from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "digi.notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from digi.accounts.services import people
        from digi.notifications.services import access, catching, keeping, post, reminders, states
        from digi.notifications.services.deliveries import MAILS
        from digi.realtime.registry import numbered
        from digi.worker.registry import duty

        numbered("inbox", catching.heads)
        people.when_anonymised(access.forget)
        duty(MAILS, post.send_due, minutes=1)
        duty("reminders", reminders.remind, minutes=15)
        duty("tidy", keeping.tidy, minutes=24 * 60)
        duty("snoozed", states.wake_due, minutes=1)
