"""Pictures that people upload: looked at by their bytes, drawn anew, never passed on as they came."""

import struct
import warnings
import zlib
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from digi.errors import Invalid, TooLarge
from digi.files.models import AVATAR, StoredFile
from digi.files.services import storage
from digi.files.services.storage import Staged

SIDE = 256  # pixels of an avatar's edges
PIXELS = 40_000_000  # of an upload; four bytes each while it is drawn
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

# What Pillow's decoders raise over broken bytes.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
)


def store_avatar(*, owner: AbstractBaseUser, upload: "UploadedFile[Any]") -> StoredFile:
    """Keep a picture as `stage_avatar` draws it."""
    return adopt_avatar(owner=owner, staged=stage_avatar(upload=upload))


def stage_avatar(*, upload: "UploadedFile[Any]") -> Staged:
    """Draw a picture as a square WebP of 256 pixels, upright, its middle kept and its metadata gone.

    It is slow, so outside every transaction; `adopt_avatar` is the second half. Raises `Invalid` (codes `empty`,
    `not_an_image`, `broken_image`) and `TooLarge` (`too_large`, `too_many_pixels`); then nothing is left behind.
    """
    if not upload.size:
        raise Invalid(_("The file is empty."), code="empty")
    if upload.size > settings.DIGI_LIMIT_AVATAR:
        sentence = _("The picture has %(size)s; at most %(limit)s are allowed.")
        limit: int = settings.DIGI_LIMIT_AVATAR
        sizes = {"size": filesizeformat(upload.size), "limit": filesizeformat(limit)}
        raise TooLarge(sentence % sizes, limit=limit)

    return storage.stage_content(purpose=AVATAR, content=_drawn(upload))


def adopt_avatar(*, owner: AbstractBaseUser, staged: Staged) -> StoredFile:
    """Write the row of a drawn picture."""
    return storage.adopt(owner=owner, name="avatar.webp", media_type="image/webp", staged=staged)


def _drawn(upload: IO[bytes]) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what is checked here
        try:
            image = Image.open(upload, formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise _too_many_pixels() from error
        except UnidentifiedImageError as error:
            sentence = _("This is not a picture, whatever it is called. PNG, JPEG, WebP and GIF are.")
            raise Invalid(sentence, code="not_an_image") from error
        except _BROKEN as error:
            raise _broken() from error

        with image:
            if image.width * image.height > PIXELS:
                raise _too_many_pixels(image.width, image.height)
            try:
                return _square(image)
            except _BROKEN as error:
                raise _broken() from error


def _square(image: Image.Image) -> bytes:
    image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is decoded at the size that is needed
    image.load()
    upright = ImageOps.exif_transpose(image)
    clear = upright.has_transparency_data
    fitted = ImageOps.fit(upright.convert("RGBA" if clear else "RGB"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    drawn = Image.new(fitted.mode, fitted.size)  # a fresh canvas carries no metadata
    drawn.paste(fitted)
    out = BytesIO()
    drawn.save(out, "WEBP", quality=84, method=4)
    return out.getvalue()


def _broken() -> Invalid:
    return Invalid(_("The picture is damaged and cannot be read to its end."), code="broken_image")


def _too_many_pixels(width: int = 0, height: int = 0) -> TooLarge:
    limit = PIXELS // 1_000_000
    if not width:
        return TooLarge(_("The picture has too many pixels."), code="too_many_pixels", limit=PIXELS)
    sentence = _("The picture has %(width)d × %(height)d pixels; at most %(limit)d million are allowed.")
    sizes = {"width": width, "height": height, "limit": limit}
    return TooLarge(sentence % sizes, code="too_many_pixels", limit=PIXELS)
