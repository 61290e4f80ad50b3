from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "digi.webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        from digi.notifications import registry
        from digi.webhooks.services import holdings, keeping, planning, sending, switching
        from digi.worker.registry import duty

        switching.register()
        registry.when_written(planning.plan)
        registry.when_withdrawn(planning.take_back)
        holdings.register_own()
        duty(planning.DUTY, sending.send_due, minutes=1)
        duty("webhook log", keeping.tidy, minutes=24 * 60)
