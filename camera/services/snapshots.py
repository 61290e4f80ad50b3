"""The present picture of a camera, to keep: as the agent sent it, or as a PNG."""

import warnings
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image

from camera.models import Camera
from camera.services import pictures
from camera.services.access import admit
from digi.accounts.models import User
from digi.errors import Conflict

PIXELS = 4096 * 4096  # at most, of what an agent may send
BROKEN = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)  # what Pillow says of bad bytes


def take(*, camera: Camera, by: User, kind: str = "jpeg") -> bytes:
    """The present picture as `jpeg` or `png`.

    Raises `Conflict`: `offline` where no agent publishes, `no_picture` where none that is one has come yet.
    """
    admit(user=by, camera=camera)
    if not camera.is_online:
        raise Conflict(_("The camera is offline: it has no present picture."), code="offline")
    jpeg = pictures.last(camera.pk)
    if jpeg is None:
        raise Conflict(_("No picture has come from the camera yet. Try again in a moment."), code="no_picture")
    return jpeg if kind == "jpeg" else _png(jpeg)


def decoded(jpeg: bytes, size: tuple[int, int] | None = None) -> Image.Image:
    """The picture, scaled down to fit into `size` where that is given. Raises one of `BROKEN`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what is checked here
        image = Image.open(BytesIO(jpeg), formats=("JPEG",))
        if image.width * image.height > PIXELS:
            raise ValueError("too many pixels")
        if size is not None:
            image.thumbnail(size)
        image.load()
    return image.convert("RGB")


def _png(jpeg: bytes) -> bytes:
    out = BytesIO()
    try:
        decoded(jpeg).save(out, "PNG", compress_level=3)
    except BROKEN as error:
        raise Conflict(
            _("The camera’s present picture is damaged. Try again in a moment."), code="no_picture"
        ) from error
    return out.getvalue()
