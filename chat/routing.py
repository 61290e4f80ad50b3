"""The sockets of chat."""

from django.urls import path, re_path

from chat.consumers import ChatConsumer, ListConsumer

urlpatterns = [
    path("ws/chat/", ListConsumer.as_asgi()),
    re_path(r"^ws/chat/(?P<connection_id>[A-Za-z0-9_-]{1,600})/$", ChatConsumer.as_asgi()),
]
