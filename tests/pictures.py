"""Pictures for uploads, made as they are needed."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    out = BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


def upload(content: bytes, name: str = "photo.png", media_type: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, media_type)
