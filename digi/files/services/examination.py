"""Looking into files that strangers sent: in a process of its own, bounded in time, memory and answer.

A PDF or an archive can be made to keep a reader busy for hours or to fill its memory. Here that costs the examiner its
life, and nobody else anything. At most SEATS examinations run in a process at once.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from digi.errors import DigiError, Invalid, TooLarge, Unavailable
from digi.files.examiner.confinement import OUTPUT
from digi.files.kinds import Kind

SEATS = 2
PATIENCE = 20.0  # seconds that somebody waits for a seat
CHECKING = 15  # CPU seconds; the person waits
READING = 180  # CPU seconds; the worker does
COMPARING = 15
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "LANG")  # of the environment: no secret of ours

_seats = BoundedSemaphore(SEATS)
_logger = logging.getLogger(__name__)


class Reading(NamedTuple):
    """What stands in a file: fonts as `{"name": …, "embedded": …}`, findings as codes such as `no_title`."""

    text: str
    fonts: list[dict[str, Any]]
    metadata: dict[str, str]
    findings: list[str]


def check(*, path: Path, kind: Kind) -> dict[str, Any]:
    """What is known of a file that may be kept: `pages` of a PDF, `width` and `height` of a picture.

    Raises `Invalid` or `TooLarge` with the code that says why not, and `Unavailable`.
    """
    with path.open("rb") as file:
        return _examined("check", kind.examiner, kind.ending, file, CHECKING)


def read(*, path: Path, kind: Kind) -> Reading:
    """Text and facts of a file that was checked; a kind without text has none. Raises as `check`."""
    if kind.examiner not in {"pdf", "office"}:
        return Reading("", [], {}, [])
    with path.open("rb") as file:
        return Reading(**_examined("read", kind.examiner, kind.ending, file, READING))


def compare(*, before: str, after: str) -> dict[str, Any]:
    """What changed from one text to the other, as `digi.files.examiner.comparison` describes it. Raises as `check`."""
    with TemporaryFile() as file:
        file.write(json.dumps({"before": before, "after": after}).encode())
        file.seek(0)
        return _examined("compare", "comparison", "-", file, COMPARING)


def _examined(task: str, examiner: str, ending: str, file: IO[bytes], seconds: int) -> dict[str, Any]:
    arguments = [sys.executable, "-B", "-m", "digi.files.examiner", task, examiner, ending, str(seconds)]
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with _seat(), TemporaryFile() as out:
        try:
            ended = subprocess.run(  # noqa: S603 - our own program, its arguments from our own lists
                arguments,
                stdin=file,
                stdout=out,
                stderr=subprocess.DEVNULL,
                cwd=settings.BASE_DIR,
                env=environment,
                timeout=2 * seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _refusal("exhausting", {}) from None
        out.seek(0)
        answer = _answer(out.read(OUTPUT + 1))
    if ended.returncode:
        _logger.warning("An examiner ended with %d at %s of %s.", ended.returncode, task, ending)
    if "ok" in answer:
        found: dict[str, Any] = answer["ok"]
        return found
    raise _refusal(answer["refused"], answer["facts"])


@contextmanager
def _seat() -> Iterator[None]:
    if not _seats.acquire(timeout=PATIENCE):
        sentence = _("Many files are being examined just now. Nothing is lost: try again in a moment.")
        raise Unavailable(sentence, code="examiners_busy", retry_after=10)
    try:
        yield
    finally:
        _seats.release()


def _answer(output: bytes) -> dict[str, Any]:
    """An examiner that died over the file says nothing, or half of something."""
    try:
        answer: dict[str, Any] = json.loads(output)
    except ValueError:
        return {"refused": "exhausting", "facts": {}}
    return answer


def _refusal(code: str, facts: dict[str, Any]) -> DigiError:
    if code == "bomb":
        sizes = {"unpacked": filesizeformat(facts["unpacked"]), "limit": filesizeformat(facts["limit"])}
        sentence = _("The archive would unpack to %(unpacked)s, which is suspicious or more than %(limit)s.") % sizes
        return TooLarge(sentence, code="archive_bomb", limit=facts["limit"])
    if code in _too_much():
        return TooLarge(_too_much()[code] % facts, code=code, limit=facts["limit"])
    return Invalid(_wrong()[code], code=code)


def _too_much() -> dict[str, str]:
    return {
        "too_many_entries": _("The archive holds %(count)d files; at most %(limit)d are allowed."),
        "too_many_pages": _("The file has %(count)d pages; at most %(limit)d are allowed."),
        "too_many_pixels": _("The picture has more than %(limit)d pixels."),
        "too_many_changes": _("The texts differ in more than %(limit)d places; comparing them says nothing."),
    }


def _wrong() -> dict[str, str]:
    return {
        "corrupt": _("The file is damaged or was cut off: it cannot be read to its end."),
        "mislabelled": _("The file is not what its name says."),
        "encrypted": _("The file is protected by a password or restricted. Save it without protection."),
        "empty_archive": _("The archive holds no file."),
        "macros": _("The document holds macros. Save it without them."),
        "unsafe_names": _("The archive holds names that lead out of its own folder."),
        "unknown_compression": _("The archive is packed in an unusual way. Pack it as a plain ZIP."),
        "exhausting": _("The file takes too much time or memory to be examined."),
    }
