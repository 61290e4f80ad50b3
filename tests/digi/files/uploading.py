"""Uploads, begun, sent in parts and kept."""

from io import BytesIO

from digi.files import kinds
from digi.files.models import StoredFile, Upload
from digi.files.services import uploads
from tests.papers import pdf

PAPER = pdf(*(f"page {number}" for number in range(20)))


def begun(owner, name: str = "thesis.pdf", content: bytes = PAPER) -> Upload:
    return uploads.begin(owner=owner, name=name, size=len(content))


def sent(upload: Upload, content: bytes = PAPER, step: int = 1000) -> Upload:
    """Send what is missing in parts."""
    for start in range(upload.offset, len(content), step):
        upload = uploads.write(upload=upload, by=upload.owner, start=start, body=BytesIO(content[start : start + step]))
    return upload


def kept(upload: Upload, allowed=kinds.ALL) -> StoredFile:
    received = uploads.receive(upload=upload, by=upload.owner, allowed=allowed)
    return uploads.keep(received=received)


def again(upload: Upload) -> Upload:
    """The upload as another request would read it."""
    return Upload.objects.get(pk=upload.pk)
