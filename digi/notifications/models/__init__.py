"""Inboxes, what stands in them, how it leaves the house, and what people want to hear of."""

from digi.notifications.models.deliveries import Delivery, DeliveryState
from digi.notifications.models.inboxes import Inbox, Notification, Occurrence
from digi.notifications.models.reminders import Reminder
from digi.notifications.models.templates import MailTemplate
from digi.notifications.models.wishes import Channel, Level, Mute, Preference, Timing, Watch

__all__ = [
    "Channel",
    "Delivery",
    "DeliveryState",
    "Inbox",
    "Level",
    "MailTemplate",
    "Mute",
    "Notification",
    "Occurrence",
    "Preference",
    "Reminder",
    "Timing",
    "Watch",
]
