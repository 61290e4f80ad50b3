from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "digi.notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from digi.accounts.services import people
        from digi.notifications.services import access, catching, post, states
        from digi.notifications.services.deliveries import MAILS
        from digi.realtime.registry import numbered
        from digi.worker.registry import duty

        numbered("inbox", catching.heads)
        people.when_anonymised(access.forget)
        duty(MAILS, post.send_due, minutes=1)
        duty("snoozed", states.wake_due, minutes=1)
