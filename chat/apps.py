from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = _("Chat")

    def ready(self) -> None:
        from chat.services import alerts, holdings
        from chat.services.entrance import heads
        from digi.realtime.registry import numbered

        numbered("room", heads)
        holdings.register_own()
        alerts.register()
