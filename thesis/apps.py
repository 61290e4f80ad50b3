from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ThesisConfig(AppConfig):
    name = "thesis"
    verbose_name = _("Theses")

    def ready(self) -> None:
        from digi.files.services import uploads
        from digi.realtime.registry import numbered
        from digi.worker.registry import duty
        from thesis.services import calendar, dates, entrance, holdings, keeping, kinds

        kinds.register()
        numbered("thesis", entrance.heads)
        dates.register()
        calendar.register()
        holdings.register_own()
        duty("theses", keeping.sweep, minutes=10)
        duty("uploads", uploads.sweep, minutes=60)  # digi.files lies beneath the worker
