"""Asking the API for documents, and what stands there to be read."""

import json

import pytest

from thesis.models import DocumentVersion, Receipt

READING = [
    "theses/{thesis}/documents/",
    "theses/{thesis}/receipts/",
    "theses/{thesis}/receipts/{receipt}/",
    "theses/{thesis}/export.zip",
    "versions/{version}/",
    "versions/{version}/file/",
    "versions/{version}/text/",
]


EACH = pytest.mark.parametrize("path", READING)


def read(answer):
    """The answer with its bytes; its file is closed by that."""
    answer.sent = b"".join(answer) if answer.streaming else answer.content
    return answer


def address(thesis, path: str) -> str:
    version = DocumentVersion.objects.get(document__thesis=thesis, document__kind="final")
    return path.format(thesis=thesis.uuid, version=version.uuid, receipt=Receipt.objects.get().uuid)


def body_of(upload, **more) -> str:
    return json.dumps({"kind": "draft", "upload": str(upload)} | more)
