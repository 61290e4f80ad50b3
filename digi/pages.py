"""What every page's template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """Names and links that the frame of every page shows."""
    return {
        "server_name": settings.DIGI_NAME,
        "imprint_url": settings.DIGI_IMPRINT_URL,
        "privacy_url": settings.DIGI_PRIVACY_URL,
        "sign_up_open": settings.DIGI_SIGN_UP,
        "request_id": getattr(request, "id", ""),
    }
