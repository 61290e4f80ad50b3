"""The list beside an application: one's own, or those one decides on, as the address asks for them."""

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator

from digi.accounts.models import Role
from digi.accounts.requests import SignedInRequest
from thesis.forms.applications import ApplicationFilters, people
from thesis.models import Application
from thesis.states import OPEN

PAGE = 50
TOPICS = 100  # in the filter
ROWS = ("topic", "student__avatar", "supervisor", "programme")


class Pile:
    """What the list shows. `box` is "mine" for one's own applications, "decide" for those that wait for the person."""

    def __init__(self, request: SignedInRequest, application: Application | None = None) -> None:
        self.request, self.user, self.open = request, request.user, application

    @cached_property
    def box(self) -> str:
        asked = self.request.GET.get("box")
        if asked in {"mine", "decide"}:
            return str(asked)
        if self.open is not None:
            return "mine" if self.open.student_id == self.user.pk else "decide"
        return "decide" if self.decides else "mine"

    @cached_property
    def decides(self) -> bool:
        """Is there anything for the person to decide, now or by office?"""
        offices = self.user.affiliations.filter(role__in=[Role.SUPERVISOR, Role.COORDINATOR]).exists()
        return offices or self.user.is_superuser or Application.objects.decided_by(self.user).exists()

    @cached_property
    def applies(self) -> bool:
        own = self.user.affiliations.filter(role=Role.STUDENT).exists()
        return own or Application.objects.filter(student=self.user).exists()

    @cached_property
    def _all(self) -> Any:
        rows = Application.objects.visible_to(self.user)
        return rows.filter(student=self.user) if self.box == "mine" else rows.exclude(student=self.user)

    @cached_property
    def form(self) -> ApplicationFilters:
        return ApplicationFilters(self.request.GET, rows=self._all)

    @cached_property
    def asked(self) -> dict[str, Any]:
        asked = self.form.asked()
        return {"state": "any"} | self.form.cleaned_data if self.box == "mine" else asked

    @cached_property
    def page(self) -> "Page[Application]":
        asked, rows = self.asked, self._all
        state = asked.get("state") or "any"
        if state == "open":
            rows = rows.filter(state__in=OPEN)
        elif state != "any":
            rows = rows.filter(state=state)
        if asked.get("topic"):
            rows = rows.filter(topic=asked["topic"])
        if asked.get("q"):
            rows = rows.filter(student__in=people(asked["q"]))
        found = rows.select_related(*ROWS).order_by("-pk")
        return Paginator(found, PAGE).get_page(self.request.GET.get("page"))

    @cached_property
    def topics(self) -> list[Any]:
        """The newest topics to narrow the list to, and the one it is narrowed to."""
        fields: Any = self.form.fields["topic"]
        newest = list(fields.queryset.order_by("-pk")[:TOPICS])
        asked = self.asked.get("topic")
        return newest if asked is None or asked in newest else [asked, *newest]

    @property
    def query(self) -> str:
        """The question as links to applications carry it on."""
        query = self.request.GET.copy()
        return f"?{query.urlencode()}" if query else ""

    @property
    def kept(self) -> str:
        """The same without the number of its page."""
        query = self.request.GET.copy()
        query.pop("page", None)
        return query.urlencode()

    @property
    def is_narrowed(self) -> bool:
        return any(self.request.GET.get(name) for name in ("q", "topic")) or self.asked.get("state") not in {
            "open",
            "any",
        }
