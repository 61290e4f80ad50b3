"""Notifications in the admin: mails on their way, and the words they are made of. Nobody's inbox."""

from digi.notifications.admin import deliveries, templates

__all__ = ["deliveries", "templates"]
