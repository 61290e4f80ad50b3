"""Which theses somebody wants to see: the filters of the address, or those of a view that they have saved."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from digi.accounts.requests import SignedInRequest
from thesis.forms.lists import FilterForm
from thesis.models import SavedView
from thesis.services import saved_views

NONE = "none"  # in the address: no view, although one comes first


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters, the person's saved views, which of them is open, and whether its filters are no longer its own."""

    form: FilterForm
    views: list[SavedView]
    view: SavedView | None

    @property
    def changed(self) -> bool:
        return self.view is not None and self.form.query() != self.view.query

    @property
    def columns(self) -> list[str]:
        """Those of the open view; without one, of the person's first."""
        view = self.view or next((one for one in self.views if one.standard), None)
        return list(view.columns) if view else [str(column) for column in saved_views.PLAIN]

    def query(self, **other: str) -> str:
        """The whole address's query with other filters; the view stays open."""
        return self.with_view(self.form.query(**other))

    def with_view(self, query: str) -> str:
        standing = str(self.view.uuid) if self.view else NONE if any(one.standard for one in self.views) else ""
        view = urlencode({"view": standing}) if standing else ""
        return "&".join(part for part in (view, query) if part)


def chosen(request: SignedInRequest) -> Chosen:
    """By what the address says; an address that says nothing opens the person's first view."""
    views = list(saved_views.of(request.user))
    asked = request.GET.get("view", "")
    view = next((one for one in views if str(one.uuid) == asked or (not request.GET and one.standard)), None)
    data = request.GET or QueryDict(view.query if view else "")
    return Chosen(FilterForm(data, user=request.user), views, view)
