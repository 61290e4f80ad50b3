"""What stands in versions: read by the worker, shown to who works on the thesis, compared between two versions."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.errors import Conflict, Invalid, TooLarge
from digi.files import kinds
from digi.files.services import examination, storage
from digi.worker.registry import task
from digi.worker.services import jobs
from thesis.models import DocumentVersion, Reading, ReadingState


@task()
def read(*, version_id: int) -> None:
    """Fill in a version's reading; twice does no harm. A file that cannot be read says why, once and for all."""
    reading = Reading.objects.select_related("version__file").filter(version=version_id).first()
    if reading is None or reading.state != ReadingState.WAITING:
        return
    file = reading.version.file
    try:
        with storage.local(file) as path:
            found = examination.read(path=path, kind=kinds.of(file.media_type))
    except (Invalid, TooLarge) as refusal:
        _keep(reading, ReadingState.FAILED, findings=[refusal.code])
    else:
        _keep(
            reading,
            ReadingState.DONE,
            text=found.text,
            fonts=found.fonts,
            metadata=found.metadata,
            findings=found.findings,
        )


def ask(version: DocumentVersion) -> None:
    """Have the worker read a version after the commit."""
    jobs.later(read, version_id=version.pk)


def changes(*, before: DocumentVersion, after: DocumentVersion) -> dict[str, Any]:
    """What changed from one text to the other, as `examination.compare` describes it.

    Raises `Conflict` (`text_waiting`) while the worker reads, `Invalid` (`no_text`), and what `compare` raises.
    """
    if before.document.thesis_id != after.document.thesis_id:
        raise Invalid(_("Both versions must be of one thesis."), code="other_thesis", field="against")
    return examination.compare(before=_text(before), after=_text(after))


def _text(version: DocumentVersion) -> str:
    reading: Reading = version.reading
    if reading.state == ReadingState.WAITING:
        sentence = _("The text of “%(name)s” is being read. Try again in a moment.")
        raise Conflict(sentence % {"name": version.name}, code="text_waiting", retry_after=5)
    if not reading.text:
        raise Invalid(_("“%(name)s” holds no text to compare.") % {"name": version.name}, code="no_text")
    return reading.text


@transaction.atomic
def _keep(reading: Reading, state: ReadingState, **found: Any) -> None:
    values = found | {"state": state, "read_at": timezone.now()}
    Reading.objects.filter(pk=reading.pk, state=ReadingState.WAITING).update(**values)
