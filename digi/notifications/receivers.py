"""What Django tells by its signals. There are none of our own."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from digi.accounts.models import Affiliation
from digi.notifications.services.access import withdraw_closed


@receiver(post_delete, sender=Affiliation)
def role_taken(instance: Affiliation, **_more: Any) -> None:
    """By whomever and wherever it was taken: the app of the roles lies beneath this one."""
    withdraw_closed(instance.user)
