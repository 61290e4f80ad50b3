from django.apps import AppConfig


class DigiConfig(AppConfig):
    """The composition itself: its management commands know all apps."""

    name = "digi"
