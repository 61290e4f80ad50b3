from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ThesisConfig(AppConfig):
    name = "thesis"
    verbose_name = _("Theses")

    def ready(self) -> None:
        from digi.accounts.services import people
        from digi.worker.registry import duty
        from thesis.services import keeping, kinds

        kinds.register()
        people.when_anonymised(keeping.forget)
        duty("theses", keeping.sweep, minutes=10)
