"""What concerns a person now: `/api/v1/dashboard/`."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from thesis.api.endpoints import ThesisEndpoint
from thesis.serializers.dashboard import DashboardSerializer
from thesis.services import dashboard

THESIS = {"id": "5f0c2f5e-3c1c-4b59-9a3f-0e5a3c1d2f4b", "title": "Bounded-lag fan-out"}
PERSON = {"user": "alice", "display_name": "Alice Meyer", "initials": "AM", "tint": 3, "avatar": None}
EXAMPLE = {
    "tasks": [
        {
            "id": "0b5c2f5e-3c1c-4b59-9a3f-0e5a3c1d2f4b",
            "title": "Name the sample",
            "due_on": "2026-03-20",
            "thesis": THESIS,
        }
    ],
    "dates": [],
    "theses": [
        THESIS
        | {
            "turn": "student",
            "people": [PERSON],
            "mine": False,
            "since": "2026-03-12T09:34:00.000Z",
            "state": "writing",
            "due_on": "2026-04-30",
        }
    ],
    "applications": [],
    "requests": [],
    "extensions": [],
    "departments": [{"slug": "ds", "name": "Distributed Systems", "states": {"writing": 12}, "overdue": 1}],
}


class DashboardEndpoint(ThesisEndpoint):
    @extend_schema(
        responses=DashboardSerializer, examples=[OpenApiExample("A supervisor's", EXAMPLE, response_only=True)]
    )
    def get(self, request: Request) -> Response:
        """Your tasks and dates, and what waits for whom: what waits for you first. At most 50 of each."""
        return Response(DashboardSerializer(dashboard.of(self.person)).data)
