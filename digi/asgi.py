"""The one application: HTTP goes to Django; sockets pass origin check and sign-in to the apps' consumers."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digi.settings")
django_application = get_asgi_application()

from camera.doors import CameraDoor  # noqa: E402 - Django's apps must be ready first
from digi.accounts.doors import SignedIn  # noqa: E402
from digi.lifespan import lifespan  # noqa: E402
from digi.realtime.doors import OriginCheck  # noqa: E402
from digi.routing import application as sockets  # noqa: E402
from digi.server.bench import keep_bench_at_home  # noqa: E402
from digi.server.body_limit import body_limit  # noqa: E402
from digi.server.root_path import at_root_path  # noqa: E402
from digi.server.threads import lasting_threads  # noqa: E402

application = keep_bench_at_home(
    at_root_path(
        ProtocolTypeRouter(
            {
                "http": body_limit(lasting_threads(django_application)),
                "websocket": CameraDoor(sockets, people=OriginCheck(SignedIn(sockets))),
                "lifespan": lifespan,
            }
        )
    )
)
