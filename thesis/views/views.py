"""What people do with their saved views, on the page of the list itself."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError
from thesis.forms.views import ColumnsForm, ViewForm
from thesis.models import SavedView
from thesis.services import saved_views
from thesis.views.chosen import Chosen


def act(request: SignedInRequest, lens: Chosen) -> tuple[HttpResponse | None, ViewForm]:
    """Do what the button says. Where it cannot be done there is no answer, and the form says why."""
    form = ViewForm(request.POST, auto_id=f"{request.POST.get('act', '')}-%s")
    doing = ACTS.get(request.POST.get("act", ""))
    if doing is None or (doing in NAMING and not form.is_valid()):
        return None, form
    try:
        return doing(request, lens, form), form
    except DigiError as error:
        form.full_clean()
        form.add_error("name" if error.code in ("name_taken", "name_missing") else None, str(error.message))
        return None, form


def _save(request: SignedInRequest, lens: Chosen, form: ViewForm) -> HttpResponse:
    query, columns = lens.form.query(), lens.columns
    return _shown(saved_views.save(by=request.user, query=query, columns=columns, **form.cleaned_data))


def _rename(request: SignedInRequest, lens: Chosen, form: ViewForm) -> HttpResponse:
    return _shown(saved_views.change(view=_view(lens), by=request.user, **form.cleaned_data))


def _keep(request: SignedInRequest, lens: Chosen, form: ViewForm) -> HttpResponse:
    return _shown(saved_views.change(view=_view(lens), by=request.user, query=lens.form.query()))


def _delete(request: SignedInRequest, lens: Chosen, form: ViewForm) -> HttpResponse:
    view = _view(lens)
    saved_views.delete(view=view, by=request.user)
    messages.success(request, _("Deleted: the view “%(name)s”") % {"name": view.name})
    return redirect("thesis:theses")


def _columns(request: SignedInRequest, lens: Chosen, form: ViewForm) -> HttpResponse:
    """Kept in the open view, else in the person's first one, else in a new one that comes first."""
    chosen = ColumnsForm(request.POST)
    columns = chosen.cleaned_data["columns"] if chosen.is_valid() else []
    view = lens.view or next((one for one in lens.views if one.standard), None)
    if view:
        saved_views.change(view=view, by=request.user, columns=columns)
        return redirect(f"{reverse('thesis:theses')}?{lens.query()}")
    query = lens.form.query()
    return _shown(saved_views.save(by=request.user, name=_("My view"), query=query, columns=columns, standard=True))


def _view(lens: Chosen) -> SavedView:
    if lens.view is None:
        raise saved_views.unknown()
    return lens.view


def _shown(view: SavedView) -> HttpResponse:
    return redirect(f"{reverse('thesis:theses')}?{opened(view)}")


def opened(view: SavedView) -> str:
    """The query that opens a view with the filters that are kept in it."""
    return "&".join(part for part in (f"view={view.uuid}", view.query) if part)


NAMING: tuple[Callable[..., HttpResponse], ...] = (_save, _rename)
ACTS: dict[str, Callable[[SignedInRequest, Chosen, ViewForm], HttpResponse]] = {
    "save": _save,
    "rename": _rename,
    "keep": _keep,
    "delete": _delete,
    "columns": _columns,
}
