"""Pictures: of the format their name says, not too large, and whole."""

import warnings
from typing import Any, BinaryIO

from PIL import Image, UnidentifiedImageError

from digi.files.examiner.verdicts import Refused

FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "gif": "GIF"}
PIXELS = 100_000_000


def check(file: BinaryIO, ending: str) -> dict[str, Any]:
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = PIXELS
    try:
        image = Image.open(file, formats=[FORMATS[ending]])
    except UnidentifiedImageError as error:
        raise Refused("corrupt") from error
    except Image.DecompressionBombError as error:
        raise Refused("too_many_pixels", limit=PIXELS) from error
    if image.width * image.height > PIXELS:
        raise Refused("too_many_pixels", limit=PIXELS)
    image.load()
    return {"width": image.width, "height": image.height}
