"""Uploads in parts: begun, continued wherever they broke off, looked into, and kept; or gone after a day.

No part is written under a lock: each goes to a file of its own, and the row's offset, compared and set in one
statement, decides whose part counts. So two clients at one upload cannot mix their bytes.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.errors import Conflict, Invalid, NotFound, TooLarge
from digi.files import carriers, kinds
from digi.files.kinds import Kind
from digi.files.models import DOCUMENT, StoredFile, Upload
from digi.files.services import examination, orphans, parts, storage
from digi.files.services.parts import Body, Checksum
from digi.files.services.storage import Staged

LIFETIME = timedelta(hours=24)  # since the last part
PARTS = 1000  # of one upload


class Received(NamedTuple):
    """A whole file that was looked into and may be kept; `facts` are what `examination.check` found."""

    upload: Upload
    staged: Staged
    kind: Kind
    facts: dict[str, Any]

    @property
    def sha256(self) -> str:
        return self.staged.sha256


@transaction.atomic
def begin(*, owner: AbstractBaseUser, name: str, size: int) -> Upload:
    """Announce a file. Raises `Invalid` (`empty`, `unnamed`, `unknown_kind`), `TooLarge`, `Conflict`."""
    name = kinds.clean_name(name)
    if not name:
        raise Invalid(_("The file needs a name."), code="unnamed")
    if kinds.named(name) is None:
        raise _unknown_kind(name, kinds.ALL)
    if size <= 0:
        raise Invalid(_("The file is empty."), code="empty")
    limit: int = settings.DIGI_LIMIT_FILE
    if size > limit:
        sizes = {"size": filesizeformat(size), "limit": filesizeformat(limit)}
        raise TooLarge(_("The file has %(size)s; at most %(limit)s are allowed.") % sizes, limit=limit)

    most: int = settings.DIGI_LIMIT_UPLOADS
    if Upload.objects.of(owner).count() >= most:
        sentence = _("You have %(count)d files on their way. Finish one or give it up.") % {"count": most}
        raise Conflict(sentence, code="too_many_uploads", limit=most)
    return Upload.objects.create(owner_id=owner.pk, name=name, size=size, expires_at=timezone.now() + LIFETIME)


def write(*, upload: Upload, by: AbstractBaseUser, start: int, body: Body, checksum: Checksum | None = None) -> Upload:
    """Add the part that begins at byte `start`.

    Raises `Conflict` (`wrong_offset`; `offset` says where it goes on), `TooLarge`, `ChecksumMismatch`, `Unavailable`:
    the upload then stands where it stood. Raises `Invalid` (`mislabelled`) once the first bytes do not fit the name:
    then the upload is gone.
    """
    _own(upload, by)
    if start != upload.offset:
        raise _wrong_offset(upload.offset)
    if len(upload.parts) >= PARTS:
        raise Conflict(_("The file came in too many parts. Begin again with larger ones."), code="too_many_parts")

    part = parts.write(upload, body, most=upload.size - upload.offset, checksum=checksum)
    if start == 0 and not _begins_as_named(upload, part):
        discard(upload=upload)
        raise _mislabelled(upload)
    if not part.size:
        return upload

    now = timezone.now()
    offset, names, expires = start + part.size, [*upload.parts, part.name], now + LIFETIME
    there = Upload.objects.filter(pk=upload.pk, offset=start, expires_at__gt=now)
    if not there.update(offset=offset, parts=names, expires_at=expires):
        parts.drop(upload, part)
        raise _lost(upload)
    upload.offset, upload.parts, upload.expires_at = offset, names, expires
    return upload


def receive(*, upload: Upload, by: AbstractBaseUser, allowed: Sequence[Kind]) -> Received:
    """Put a whole upload together, look into it and bring it to its place: slow, so outside every transaction.

    `keep` is the second half; without it the place is free again as soon as the answer is forgotten.

    Raises `Conflict` (`incomplete`), `Unavailable`, and `Invalid` or `TooLarge` for what may not be kept: then the
    upload is gone, but for a kind that is only not `allowed` here.
    """
    _own(upload, by)
    if not upload.is_whole:
        raise Conflict(_("The file is not here as a whole yet."), code="incomplete", offset=upload.offset)
    kind = kinds.named(upload.name)
    if kind is None or kind not in allowed:
        raise _unknown_kind(upload.name, allowed)

    try:
        path, digest = parts.join(upload)
    except FileNotFoundError:
        raise _lost(upload) from None
    try:
        facts = _looked_into(upload, path, kind)
        staged = storage.stage(purpose=DOCUMENT, source=path, size=upload.size, digest=digest)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Received(upload, staged, kind, facts)


@transaction.atomic
def keep(*, received: Received) -> StoredFile:
    """Turn a received upload into a document; the upload goes with the commit. Raises `Conflict` if it is gone."""
    upload = received.upload
    if not Upload.objects.filter(pk=upload.pk).delete()[0]:
        received.staged.drop()
        raise Conflict(_("This upload was used already."), code="used_upload")

    file = storage.adopt(
        owner=upload.owner, name=upload.name, media_type=received.kind.media_type, staged=received.staged
    )
    transaction.on_commit(partial(parts.remove, parts.folder_of(upload)))
    return file


def cancel(*, upload: Upload, by: AbstractBaseUser) -> None:
    """Give an upload up."""
    _own(upload, by)
    discard(upload=upload)


@transaction.atomic
def discard(*, upload: Upload) -> None:
    """Remove the row now and the bytes after the commit."""
    Upload.objects.filter(pk=upload.pk).delete()
    transaction.on_commit(partial(parts.remove, parts.folder_of(upload)))


def sweep() -> int:
    """Remove what has expired, and what a crash or a failed deletion has left without a row. Says how many."""
    gone = list(Upload.objects.expired())
    for upload in gone:
        discard(upload=upload)

    known = {uuid.hex for uuid in Upload.objects.values_list("uuid", flat=True)}
    left = carriers.current().folders(parts.ROOT, timezone.now() - LIFETIME) - known
    for name in left:
        parts.remove(f"{parts.ROOT}/{name}")
    return len(gone) + len(left) + orphans.sweep(before=timezone.now() - LIFETIME)


def _own(upload: Upload, by: AbstractBaseUser) -> None:
    if upload.owner_id != by.pk or upload.expires_at <= timezone.now():
        raise NotFound(_("There is no such upload of yours."))


def _begins_as_named(upload: Upload, part: parts.Part) -> bool:
    kind = kinds.named(upload.name)
    enough = part.size >= min(kinds.HEAD, upload.size)
    return kind is not None and (not enough or kind.begins(part.head))


def _looked_into(upload: Upload, path: Path, kind: Kind) -> dict[str, Any]:
    """What the examiner finds; an upload that it refuses goes."""
    try:
        with path.open("rb") as file:
            if not kind.begins(file.read(kinds.HEAD)):
                raise _mislabelled(upload)
        return examination.check(path=path, kind=kind)
    except (Invalid, TooLarge):
        discard(upload=upload)
        raise


def _mislabelled(upload: Upload) -> Invalid:
    sentence = _("“%(name)s” is not what its name says: the bytes are those of something else.")
    return Invalid(sentence % {"name": upload.name}, code="mislabelled")


def _unknown_kind(name: str, allowed: Sequence[Kind]) -> Invalid:
    words = {"name": name, "kinds": kinds.endings(tuple(allowed))}
    return Invalid(_("“%(name)s” cannot be taken here. These can: %(kinds)s.") % words, code="unknown_kind")


def _wrong_offset(offset: int) -> Conflict:
    sentence = _("The next part begins at byte %(offset)d.") % {"offset": offset}
    return Conflict(sentence, code="wrong_offset", offset=offset)


def _lost(upload: Upload) -> Conflict | NotFound:
    """Somebody else was faster: with the same part, or with the end of the upload."""
    offset = Upload.objects.filter(pk=upload.pk).values_list("offset", flat=True).first()
    if offset is None:
        parts.remove(parts.folder_of(upload))
        return NotFound(_("There is no such upload of yours."))
    return _wrong_offset(offset)
