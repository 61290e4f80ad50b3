"""The table of theses."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from digi.accounts.requests import SignedInRequest
from thesis.forms.views import ColumnsForm, ViewForm
from thesis.models import Column
from thesis.services import bulk, listing, rows
from thesis.views.chosen import NONE, Chosen, chosen
from thesis.views.views import act, opened

PAGE = 30


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def theses(request: SignedInRequest) -> HttpResponse:
    """Those that the person works on, as far as the filters go, in pages; what is sent is done to the saved views."""
    lens = chosen(request)
    naming = None
    if request.method == "POST":
        done, naming = act(request, lens)
        if done:
            return done
    found = listing.worked_on(request.user, lens.form.asked())
    keys, after = listing.page(found, sort=lens.form.order, after=cursor(request), size=PAGE)
    context = {
        "lens": lens,
        "rows": rows.of(keys),
        "count": listing.counted(found),
        "heads": heads(lens),
        "next": lens.query(after=str(after)) if after else "",
        "first": lens.query() if "after" in request.GET else "",
        "emptying": [] if keys else emptying(request, lens),
        "tabs": tabs(lens),
        "counted": listing.COUNTED,
        "at_most": bulk.AT_MOST,
        "formats": ("csv", "xlsx", "json", "bibtex"),
        "naming": _naming(lens, naming),
        "columns": ColumnsForm(initial={"columns": lens.columns}),
    }
    return render(request, "thesis/theses.html", context, status=422 if naming else 200)


def tabs(lens: Chosen) -> list[dict[str, object]]:
    """The lists that everybody has, then the person's own."""
    plain = [(_("Under way"), ""), (_("Late"), "late=on")]
    if "mine" in lens.form.fields:
        plain.insert(1, (_("Mine"), "mine=on"))
    here = "" if lens.view else lens.form.query()
    none = f"view={NONE}" if any(view.standard for view in lens.views) else ""
    found = [
        {"name": name, "query": "&".join(filter(None, (none, query))), "here": not lens.view and here == query}
        for name, query in plain
    ]
    return [*found, *({"name": view.name, "query": opened(view), "here": view == lens.view} for view in lens.views)]


def _naming(lens: Chosen, bound: ViewForm | None) -> dict[str, ViewForm]:
    """The forms that name a new view and the open one; the one that was sent says what is wrong with it."""
    forms = {"save": ViewForm(auto_id="save-%s")}
    if lens.view:
        known = {"name": lens.view.name, "standard": lens.view.standard}
        forms["rename"] = ViewForm(initial=known, auto_id="rename-%s")
    if bound and str(bound.data.get("act")) in forms:
        forms[str(bound.data.get("act"))] = bound
    return forms


def heads(lens: Chosen) -> list[dict[str, str | None]]:
    """The columns shown: which can be sorted, how they are, and the address that sorts by them."""
    return [_head("title", "", lens), *(_head(name, str(Column(name).label), lens) for name in lens.columns)]


def _head(name: str, label: str, lens: Chosen) -> dict[str, str | None]:
    order = lens.form.order
    sorted_now = {name: "ascending", f"-{name}": "descending"}.get(order, "none")
    turned = f"-{name}" if order == name else name
    query = lens.query(sort=turned) if name in listing.ORDERS else None
    return {"name": name, "label": label, "sorted": sorted_now, "query": query}


def emptying(request: SignedInRequest, lens: Chosen) -> list[dict[str, str]]:
    """Filters without any one of which something would be found."""
    asked, found = lens.form.asked(), []
    for chip in lens.form.chips():
        without = {name: value for name, value in asked.items() if name != chip.name}
        if chip.name in ("stage", "state"):
            without.pop("active", None)
        if listing.worked_on(request.user, without).exists():
            found.append({"label": chip.label, "value": chip.value, "query": lens.with_view(chip.without)})
    return found


def cursor(request: HttpRequest) -> UUID | None:
    """The thesis after which a page begins."""
    try:
        return UUID(request.GET.get("after", ""))
    except ValueError:
        return None
