"""Receipts for submissions: what was handed in and when, bound into the thesis's history, and signed.

A receipt's content is JSON as RFC 8785 writes it (sorted keys, no spaces, UTF-8), so that its text, and with it the
signature, can be made again from a file that a program has read and written. It holds no person's name.
"""

import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from digi import crypto
from digi.moments import moment
from thesis.models import DocumentVersion, Receipt, Thesis, Transition
from thesis.services import telling

FORMAT = "digi-receipt-1"


@transaction.atomic
def issue(*, thesis: Thesis, step: Transition) -> Receipt:
    """Receipt for a step that has just submitted a thesis; its students are told. Part of that step's transaction."""
    version = DocumentVersion.objects.get(uuid=step.details["version"])
    receipt = Receipt(thesis=thesis, version=version, transition=step)
    receipt.content = canonical(_content(receipt))
    receipt.key, receipt.signature = crypto.ring().sign(receipt.content.encode())
    receipt.save(force_insert=True)
    telling.receipt_issued(receipt)
    return receipt


def of(thesis: Thesis) -> QuerySet[Receipt]:
    """Newest first."""
    return Receipt.objects.filter(thesis=thesis).order_by("-pk")


def signed(receipt: Receipt) -> dict[str, Any]:
    """What the person keeps: the content, the public key and the signature over the content's canonical text."""
    return {"receipt": json.loads(receipt.content), "key": receipt.key, "signature": receipt.signature}


def canonical(content: dict[str, Any]) -> str:
    """One text for one content (RFC 8785, for strings, whole numbers, booleans, null, lists and objects)."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _content(receipt: Receipt) -> dict[str, Any]:
    thesis, version, step = receipt.thesis, receipt.version, receipt.transition
    before = thesis.transitions.filter(n=step.n - 1).values_list("hash", flat=True).first()
    return {
        "format": FORMAT,
        "id": str(receipt.uuid),
        "server": settings.DIGI_PUBLIC_ORIGINS[0] if settings.DIGI_PUBLIC_ORIGINS else "",
        "thesis": {"id": str(thesis.uuid), "title": thesis.title},
        "file": {
            "version": str(version.uuid),
            "name": version.name,
            "size": version.size,
            "sha256": version.sha256,
        },
        "submitted_at": moment(step.at),
        "late": bool(step.details["late"]),
        "chain": {
            "before": before or "",
            "n": step.n,
            "from": step.from_state,
            "to": step.to_state,
            "actor": str(step.actor.uuid) if step.actor else None,
            "reason": step.reason,
            "details": step.details,
            "at": step.at.isoformat(timespec="microseconds"),
            "hash": step.hash,
        },
    }
