"""The documents of a thesis, and what changed from one version to another."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from digi.accounts.requests import SignedInRequest
from thesis.forms.documents import UploadForm
from thesis.models import Document, DocumentVersion, Receipt, Thesis
from thesis.services import discussion, documents, receipts
from thesis.services.access import Standing
from thesis.states import Part
from thesis.views.frame import entered, framed


@dataclass(frozen=True, slots=True)
class Row:
    """A version, the one before it, the receipt if it was handed in, and how many talks are open on it.

    `findings` are what reading it has found, in words.
    """

    version: DocumentVersion
    before: DocumentVersion | None
    receipt: Receipt | None
    remarks: int
    findings: list[str]


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document and its versions, the newest first."""

    document: Document
    rows: list[Row]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def documents_page(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """Every document with its versions, and the way to add one."""
    sent = request.method == "POST"
    thesis, standing = entered(request, thesis_id, *([Part.STUDENT] if sent else []))
    context = framed(request, thesis, standing)
    offered = documents.kinds_now(thesis, standing)
    form = UploadForm(request.POST if sent else None, request.FILES if sent else None, offered=offered)
    if sent and (version := form.added(thesis=thesis, by=request.user)):
        words = {"document": version.document, "n": version.n}
        messages.success(request, _("%(document)s, version %(n)d, is here.") % words)
        return redirect("thesis:documents", thesis.uuid)

    context |= {"shelf": _shelf(thesis, standing), "upload": form if offered else None}
    context |= {"is_student": Part.STUDENT in standing.parts}
    return render(request, "thesis/documents.html", context, status=422 if sent else 200)


def _shelf(thesis: Thesis, standing: Standing) -> list[Shelved]:
    """The document with the newest version first."""
    handed_in = {receipt.version_id: receipt for receipt in reversed(receipts.of(thesis))}
    threads = discussion.threads_for(thesis, standing).filter(resolved_at=None).exclude(on=None)
    remarks = dict(threads.values_list("on").annotate(Count("pk")).order_by())
    shelf = []
    for document in documents.of(thesis):
        versions = list(document.versions.all())
        pairs = zip(versions, [*versions[1:], None], strict=True)
        rows = [
            Row(one, before, handed_in.get(one.pk), remarks.get(one.pk, 0), _found(one.reading.findings))
            for one, before in pairs
        ]
        shelf.append(Shelved(document, rows))
    return sorted(shelf, key=lambda one: one.rows[0].version.pk, reverse=True)


def _found(codes: list[str]) -> list[str]:
    """What the examiner has found, for people."""
    words = {
        "fonts_not_embedded": _("Not all fonts are embedded: it may look different elsewhere."),
        "no_title": _("Its metadata holds no title."),
        "no_text": _("It holds no text, only pictures: it cannot be searched or compared."),
        "unreadable_pages": _("Some pages hold no readable text."),
        "active_content": _("It holds scripts or actions that start when it is opened."),
        "attachments": _("It holds other files."),
    }
    return [words[code] for code in codes if code in words]
