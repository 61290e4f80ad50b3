"""The one application: HTTP goes to Django; sockets pass origin check and sign-in to the apps' consumers."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digi.settings")
django_application = get_asgi_application()

from digi.accounts.doors import SignedIn  # noqa: E402 - Django's apps must be ready first
from digi.realtime.doors import OriginCheck  # noqa: E402
from digi.routing import application as sockets  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": OriginCheck(SignedIn(sockets)),
    }
)
