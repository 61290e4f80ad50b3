"""Small pictures of cameras for lists, scaled once for everybody who looks."""

from hashlib import sha256
from io import BytesIO
from typing import NamedTuple

from django.core.cache import cache
from django.utils.translation import gettext as _

from camera.models import Camera
from camera.services import pictures
from camera.services.access import admit
from camera.services.snapshots import BROKEN, decoded
from digi.accounts.models import User
from digi.errors import NotFound

SIZE = (480, 360)  # pixels that it fits into: cards are 240 wide, at two pixels a point
KEPT = 120  # seconds


class Thumbnail(NamedTuple):
    """A JPEG and the tag of what it was made from."""

    etag: str
    jpeg: bytes


def of(*, camera: Camera, by: User) -> Thumbnail:
    """A small picture of the last minutes. Raises `NotFound` where there is none."""
    admit(user=by, camera=camera)
    jpeg = pictures.last(camera.pk)
    if jpeg is None:
        raise NotFound(_("There is no picture of the last minutes."), code="no_picture")
    etag = sha256(jpeg).hexdigest()[:32]
    key = f"camera:{camera.pk}:thumbnail"
    known: tuple[str, bytes] | None = cache.get(key)
    if known is None or known[0] != etag:
        known = (etag, _scaled(jpeg))
        cache.set(key, known, KEPT)
    return Thumbnail(*known)


def _scaled(jpeg: bytes) -> bytes:
    out = BytesIO()
    try:
        decoded(jpeg, SIZE).save(out, "JPEG", quality=72)
    except BROKEN as error:
        raise NotFound(_("There is no picture of the last minutes."), code="no_picture") from error
    return out.getvalue()
