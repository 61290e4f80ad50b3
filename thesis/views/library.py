"""Finished theses for readers; what is public for everybody, signed in or not."""

import io
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from thesis.forms.library import LibraryForm
from thesis.models import DocumentKind, DocumentVersion, Thesis
from thesis.services import bibtex, catalogue, listing, rows
from thesis.states import FINISHED
from thesis.views.lists import cursor

PAGE = 30


@never_cache
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """Those that the person may read about, the newest first."""
    form = LibraryForm(request.GET)
    finished = Thesis.objects.readable_by(request.user).filter(state__in=FINISHED)
    found = listing.described(finished, form.asked())
    keys, after = listing.page(found, sort="-opened", after=cursor(request), size=PAGE)
    query = urlencode(form.asked())
    context = {
        "form": form,
        "rows": rows.of(keys),
        "next": urlencode(form.asked() | {"after": str(after)}) if after else "",
        "first": query if "after" in request.GET else "",
    }
    return render(request, "thesis/library.html", context)


@never_cache
@require_safe
def thesis(request: HttpRequest, thesis_id: UUID) -> HttpResponse:
    """What a thesis is about, whose it is, and its last version where it may be read."""
    found = _find(request, thesis_id)
    (row,) = rows.of([found.pk])
    readable = DocumentVersion.objects.readable_by(request.user)
    final = readable.filter(document__thesis=found, document__kind=DocumentKind.FINAL).order_by("-n").first()
    mine = request.user.is_authenticated and Thesis.objects.worked_on_by(request.user).filter(pk=found.pk).exists()
    context = {"thesis": found, "row": row, "final": final, "mine": mine, "bibtex": _bibtex(found)}
    return render(request, "thesis/library_thesis.html", context)


@never_cache
@require_safe
def reference(request: HttpRequest, thesis_id: UUID) -> HttpResponse:
    """The entry for a list of references, as a file."""
    found = _find(request, thesis_id)
    response = HttpResponse(_bibtex(found), content_type="application/x-bibtex; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="digi-{found.uuid.hex[:8]}.bib"'
    return response


def _find(request: HttpRequest, thesis_id: UUID) -> Thesis:
    readable = Thesis.objects.readable_by(request.user).select_related("programme__department")
    found: Thesis | None = readable.filter(uuid=thesis_id).first()
    if found is None:
        raise Http404(_("There is nothing here that you may see."))
    return found


def _bibtex(found: Thesis) -> str:
    made = io.BytesIO()
    bibtex.write(catalogue.lines(Thesis.objects.filter(pk=found.pk)), made)
    return made.getvalue().decode().strip() + "\n"
