"""The sockets of chat: one room in either dialect, and the list of a person's rooms."""

from chat.consumers.listing import ListConsumer
from chat.consumers.room import ChatConsumer

__all__ = ["ChatConsumer", "ListConsumer"]
