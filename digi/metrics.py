"""What the server measures, for Prometheus: `/metrics`, for administrators alone.

Which process answers is chance where several serve. So nothing here counts in a process's own memory: what is told is
read, when it is asked for, from what all of them share.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from rest_framework.request import Request
from rest_framework.views import APIView

from digi.errors import Forbidden


class _Reading(Collector):
    def __init__(self, read: Callable[[], Iterable[Metric]]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        return self._read()

    def describe(self) -> Iterable[Metric]:
        return ()  # nothing is read before somebody asks


registry = CollectorRegistry()
_known: set[Callable[[], Iterable[Metric]]] = set()


def told_by(read: Callable[[], Iterable[Metric]]) -> None:
    """`read` tells what an app measures, whenever it is asked for."""
    if read not in _known:
        _known.add(read)
        registry.register(_Reading(read))


class Metrics(APIView):
    """A token needs the scope `metrics:read`, and its person to be an administrator."""

    required_scopes = {"GET": "metrics:read"}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        if not request.user.is_superuser:
            raise Forbidden(_("Only administrators read this."))
        headers = {"Cache-Control": "no-store"}
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST, headers=headers)
