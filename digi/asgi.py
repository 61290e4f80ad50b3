"""The one application: HTTP to Django, sockets through origin check and session to the apps' consumers."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digi.settings")
application = get_asgi_application()
