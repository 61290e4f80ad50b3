from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class DigiConfig(AppConfig):
    """The composition itself: its management commands know all apps."""

    name = "digi"

    def ready(self) -> None:
        from digi import tally
        from digi.metrics import told_by
        from digi.realtime.registry import at_every_beat

        import_module("digi.sql_server")  # registers its check
        for counting in ("digi.realtime.measures", "digi.middleware"):  # declare what they count
            import_module(counting)
        told_by(tally.collect)
        at_every_beat(tally.beat)
        if settings.DIGI_SENTRY_DSN:
            import_module("digi.reporting").start()
