"""A thesis to take away: what stands about it, every version of every document, the receipts."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from digi.accounts.models import User
from digi.audit import services as audit
from digi.files.archives import Entry
from digi.files.services.storage import path_of
from digi.moments import moment
from thesis.models import DocumentKind, DocumentVersion, Receipt, Thesis
from thesis.services import access, receipts
from thesis.services.access import Standing
from thesis.services.discussion import threads_for


@transaction.atomic
def entries(*, thesis: Thesis, by: User) -> list[Entry]:
    """What goes into the archive for this person, who works on the thesis: talks they may not read stay out.

    Every query is done here; the files are opened when they are sent. Raises `NotFound` to outsiders.
    """
    standing = access.admit(thesis, by)
    audit.record(action="thesis.exported", actor=by, target=audit.target_of(thesis))
    return [
        _json("thesis.json", thesis, _described(thesis)),
        _json("history.json", thesis, _history(thesis)),
        _json("talks.json", thesis, _talks(thesis, standing)),
        *_files(thesis),
        *_receipts(thesis),
    ]


def _json(name: str, thesis: Thesis, content: Any) -> Entry:
    return Entry(name, thesis.changed_at, json.dumps(content, indent=2, ensure_ascii=False).encode())


def _described(thesis: Thesis) -> dict[str, Any]:
    fields = ("title", "abstract", "kind", "language", "state", "visibility", "late")
    days = ("embargo_until", "start_on", "due_on")
    members = thesis.members.select_related("user").order_by("pk")
    return (
        {"id": str(thesis.uuid)}
        | {name: getattr(thesis, name) for name in fields}
        | {name: day.isoformat() if (day := getattr(thesis, name)) else None for name in days}
        | {"submitted_at": moment(thesis.submitted_at) if thesis.submitted_at else None}
        | {
            "members": [
                {
                    "name": str(member.user),
                    "role": member.role,
                    "joined_at": moment(member.joined_at),
                    "left_at": moment(member.left_at) if member.left_at else None,
                }
                for member in members
            ]
        }
    )


def _history(thesis: Thesis) -> list[dict[str, Any]]:
    return [
        {
            "n": step.n,
            "from": step.from_state,
            "to": step.to_state,
            "actor": str(step.actor.uuid) if step.actor else None,
            "reason": step.reason,
            "details": step.details,
            "at": step.at.isoformat(timespec="microseconds"),
            "back": step.back,
            "hash": step.hash,
        }
        for step in thesis.transitions.select_related("actor").order_by("n")
    ]


def _talks(thesis: Thesis, standing: Standing) -> list[dict[str, Any]]:
    threads = threads_for(thesis, standing).prefetch_related("comments__author", "comments__guest").order_by("pk")
    return [
        {
            "visibility": thread.visibility,
            "resolved": thread.resolved_at is not None,
            "comments": [
                {"at": moment(comment.created_at), "by": str(comment.author or comment.guest), "text": comment.body}
                for comment in sorted(thread.comments.all(), key=lambda comment: comment.pk)
                if comment.deleted_at is None
            ],
        }
        for thread in threads
    ]


def _files(thesis: Thesis) -> Iterator[Entry]:
    versions = DocumentVersion.objects.filter(document__thesis=thesis).select_related("document", "file")
    for version in versions.order_by("document", "n"):
        document = version.document
        folder = f"{document.kind}/{document.uuid.hex[:8]}" if document.kind == DocumentKind.MATERIAL else document.kind
        name = f"documents/{folder}/{version.n:03}-{version.name}"
        yield Entry(name, version.created_at, path_of(version.file))


def _receipts(thesis: Thesis) -> Iterator[Entry]:
    for receipt in Receipt.objects.filter(thesis=thesis).order_by("pk"):
        content = json.dumps(receipts.signed(receipt), indent=2, ensure_ascii=False).encode()
        yield Entry(f"receipts/{receipt.uuid}.json", receipt.created_at, content)
