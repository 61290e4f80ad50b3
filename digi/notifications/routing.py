"""The socket of notifications."""

from django.urls import path

from digi.notifications.consumers import InboxConsumer

urlpatterns = [path("ws/notifications/", InboxConsumer.as_asgi())]
