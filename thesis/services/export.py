"""A thesis to take away: what stands about it, every version of every document, the receipts."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from digi.accounts.models import User
from digi.audit import services as audit
from digi.files.archives import Entry
from thesis.models import DocumentKind, DocumentVersion, Receipt, Thesis
from thesis.services import access, dossier, overview, receipts
from thesis.services.access import Standing


@transaction.atomic
def entries(*, thesis: Thesis, by: User) -> list[Entry]:
    """What goes into the archive for this person, who works on the thesis: what they may not read stays out.

    Every query is done here; the files are opened when they are sent. Raises `NotFound` to outsiders.
    """
    standing = access.admit(thesis, by)
    audit.record(action="thesis.exported", actor=by, target=audit.target_of(thesis))
    parts = _parts(thesis, by, standing)
    return [
        Entry("overview.md", thesis.changed_at, overview.written(thesis, parts).encode()),
        *(_json(f"{name}.json", thesis, content) for name, content in parts.items()),
        *_files(thesis),
        *_receipts(thesis),
    ]


def _parts(thesis: Thesis, by: User, standing: Standing) -> dict[str, Any]:
    return {
        "thesis": dossier.described(thesis),
        "history": dossier.history(thesis),
        "timeline": dossier.happened(thesis, by),
        "talks": dossier.talks(thesis, standing),
        "change-requests": dossier.change_requests(thesis, standing),
        "milestones": dossier.milestones(thesis),
        "tasks": dossier.tasks(thesis),
        "meetings": dossier.meetings(thesis),
        "extensions": dossier.extensions(thesis),
        "marks": dossier.judged(thesis, by, standing),
    }


def _json(name: str, thesis: Thesis, content: Any) -> Entry:
    return Entry(name, thesis.changed_at, json.dumps(content, indent=2, ensure_ascii=False).encode())


def _files(thesis: Thesis) -> Iterator[Entry]:
    versions = DocumentVersion.objects.filter(document__thesis=thesis).select_related("document", "file")
    for version in versions.order_by("document", "n"):
        document = version.document
        folder = f"{document.kind}/{document.uuid.hex[:8]}" if document.kind == DocumentKind.MATERIAL else document.kind
        name = f"documents/{folder}/{version.n:03}-{version.name}"
        yield Entry(name, version.created_at, version.file)


def _receipts(thesis: Thesis) -> Iterator[Entry]:
    for receipt in Receipt.objects.filter(thesis=thesis).order_by("pk"):
        content = json.dumps(receipts.signed(receipt), indent=2, ensure_ascii=False).encode()
        yield Entry(f"receipts/{receipt.uuid}.json", receipt.created_at, content)
