"""The tutorial's application: origin check, session, one route."""

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import URLPattern, path

http = get_asgi_application()

from bench.baseline.consumers import ChatConsumer  # noqa: E402 - models need the apps to be ready

urlpatterns: list[URLPattern] = []
sockets = AuthMiddlewareStack(URLRouter([path("ws/chat/<str:room_name>/", ChatConsumer.as_asgi())]))
application = ProtocolTypeRouter({"http": http, "websocket": AllowedHostsOriginValidator(sockets)})
