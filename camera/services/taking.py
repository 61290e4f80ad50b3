"""The worker's side of recordings: who writes which, what is written, and how it ends."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, QuerySet, Sum
from django.utils import timezone

from camera.models import Recording, RecordingPart, RecordingState, Trouble
from camera.services.telling import move
from digi.audit import services as audit
from digi.files.models import DOCUMENT
from digi.files.services import storage
from digi.files.services.storage import Staged
from digi.worker import leases

MEDIA_TYPE = "video/mp4"
TRIES = 20  # workers that a recording outlives
PIECE = 1_048_576  # bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """What a worker is told of its recording: is it still its own, shall it end, and how old is it in seconds?"""

    mine: bool
    stop: bool
    retired: bool
    age: float


def claim(*, most: int) -> list[Recording]:
    """At most so many recordings that nobody writes, now this worker's."""
    now = timezone.now()
    taken = []
    for pk in list(Recording.objects.claimable(now).order_by("started_at").values_list("pk", flat=True)[:most]):
        mine = {"claim": uuid4(), "claimed_until": leases.until(), "tries": F("tries") + 1}
        if Recording.objects.claimable(now).filter(pk=pk).update(**mine):
            taken.append(Recording.objects.select_related("camera", "started_by").get(pk=pk))
    return taken


def standing(*, recording: Recording) -> Standing:
    """Asked once a second."""
    fields = ("claim", "stop_asked_at", "ended_at", "camera__retired_at")
    row = Recording.objects.filter(pk=recording.pk).values_list(*fields).first()
    if row is None:
        return Standing(mine=False, stop=True, retired=False, age=0)
    word, stop_asked_at, ended_at, retired_at = row
    return Standing(
        mine=word == recording.claim and ended_at is None,
        stop=stop_asked_at is not None,
        retired=retired_at is not None,
        age=(timezone.now() - recording.started_at).total_seconds(),
    )


def renew(*, recording: Recording, size: int, seconds: float) -> None:
    """Keep the claim for another lease, and write down how far it is."""
    _mine(recording).update(claimed_until=leases.until(), bytes=size, seconds=seconds)


def release(*, recording: Recording, tried: bool = True) -> None:
    """The worker ends, and the next one goes on; this one does not count unless it `tried`."""
    _mine(recording).update(claim=None, claimed_until=None, tries=F("tries") - (0 if tried else 1))


@transaction.atomic
def begin_part(*, recording: Recording, width: int, height: int) -> RecordingPart:
    """A new part; the first one makes the recording one that records, and everybody who watches is told."""
    last = recording.parts.aggregate(last=Max("n"))["last"] or 0
    part = RecordingPart.objects.create(recording=recording, n=last + 1, width=width, height=height)
    if _mine(recording).filter(state=RecordingState.WAITING).update(state=RecordingState.RECORDING):
        move(recording.camera)
    part.draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return part


def unfinished(recording: Recording) -> Sequence[RecordingPart]:
    """What a worker before this one has left."""
    parts = list(recording.parts.filter(file=None))
    for part in parts:
        part.recording = recording
    return parts


def written(recording: Recording) -> tuple[int, float]:
    """Bytes and seconds in the parts that are whole."""
    whole = recording.parts.exclude(file=None).aggregate(size=Sum("file__size"), seconds=Sum("seconds"))
    return whole["size"] or 0, whole["seconds"] or 0.0


def finish_part(*, part: RecordingPart, seconds: float) -> None:
    """The part is whole and gets its place; the draft goes after the commit, so that a rollback costs no picture.

    Raises `Unavailable` where it cannot be brought there just now: then the draft is as it was.
    """
    path, recording = part.draft, part.recording
    whole = path.with_suffix(".whole")
    whole.unlink(missing_ok=True)
    os.link(path, whole)
    with leases.kept(lambda end: _mine(recording).update(claimed_until=end)):  # bytes may take long to go elsewhere
        staged = storage.stage(purpose=DOCUMENT, source=whole, size=path.stat().st_size, digest=_digest(path))
    _settle(part, staged, seconds)


@transaction.atomic
def drop_part(*, part: RecordingPart) -> None:
    """It holds nothing that plays."""
    if RecordingPart.objects.filter(pk=part.pk, file=None).delete()[0]:
        transaction.on_commit(partial(part.draft.unlink, missing_ok=True))


@transaction.atomic
def end(*, recording: Recording, trouble: str = "") -> None:
    """The recording is over: done where it plays, failed where nothing does. Everybody who watches is told.

    Drafts go: nobody would come back to them.
    """
    parts = list(recording.parts.select_related("file"))
    size, seconds = sum(part.file.size for part in parts if part.file), sum(part.seconds for part in parts)
    state = RecordingState.DONE if seconds else RecordingState.FAILED
    if not seconds and not trouble:
        trouble = Trouble.NO_PICTURE
    values = {"state": state, "error": trouble, "ended_at": timezone.now(), "bytes": size, "seconds": seconds}
    if _mine(recording).update(claim=None, claimed_until=None, **values):
        _remove_drafts(recording)
        move(recording.camera)


def end_unbegun(*, recording: Recording) -> None:
    """What no worker has taken up ends at once: there may be none."""
    values = {"state": RecordingState.FAILED, "error": Trouble.NO_PICTURE, "ended_at": timezone.now()}
    if Recording.objects.running().filter(pk=recording.pk, claim=None, state=RecordingState.WAITING).update(**values):
        move(recording.camera)


def sweep() -> None:
    """Delete what is older than DIGI_CAMERA_RECORDING_DAYS; a worker's duty."""
    before = timezone.now() - timedelta(days=settings.DIGI_CAMERA_RECORDING_DAYS)
    for recording in Recording.objects.filter(ended_at__lt=before).iterator(chunk_size=200):
        discard(recording=recording)


@transaction.atomic
def discard(*, recording: Recording, by: audit.Actor = None) -> None:
    """Remove an ended recording with its files; who may ask for that, the caller knows. None is the retention."""
    target = audit.target_of(recording)
    files = [part.file for part in recording.parts.select_related("file") if part.file]
    recording.delete()
    _remove_drafts(recording)
    for file in files:
        storage.remove(file=file)
    audit.record(action="camera.recording.deleted", actor=by, target=target)


def used(camera_id: int) -> int:
    """Bytes that the camera's recordings hold."""
    found = Recording.objects.filter(camera_id=camera_id).aggregate(all=Sum("bytes"))["all"]
    return found or 0


@transaction.atomic
def _settle(part: RecordingPart, staged: Staged, seconds: float) -> None:
    recording = part.recording
    if not RecordingPart.objects.filter(pk=part.pk, file=None).update(seconds=seconds):
        staged.drop()  # another worker has brought it there, or it was deleted
        return

    name = f"{recording.camera.slug}-{part.started_at:%Y%m%d-%H%M%S}.mp4"
    part.file = storage.adopt(owner=recording.started_by, name=name, media_type=MEDIA_TYPE, staged=staged)
    part.seconds = seconds
    part.save(update_fields=["file"])
    transaction.on_commit(partial(part.draft.unlink, missing_ok=True))


def _mine(recording: Recording) -> "QuerySet[Recording]":
    return Recording.objects.filter(pk=recording.pk, claim=recording.claim, ended_at=None)


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            found.update(piece)
    return found.hexdigest()


def _remove_drafts(recording: Recording) -> None:
    """After the commit, what of it lies on this machine."""
    transaction.on_commit(partial(shutil.rmtree, recording.folder, ignore_errors=True))
