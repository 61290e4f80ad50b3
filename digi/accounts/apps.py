from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "digi.accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from digi.accounts import receivers  # noqa: F401 - connects them; they need the models
        from digi.accounts.services import belongings, keeping
        from digi.accounts.sockets import still_valid
        from digi.realtime.registry import revalidate_with
        from digi.worker.registry import duty

        revalidate_with(still_valid)
        belongings.register_own()
        duty("sign-ins", keeping.tidy, minutes=60)
