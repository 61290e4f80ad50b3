import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from digi.errors import DigiError, Invalid, TooLarge
from digi.files.models import StoredFile
from digi.files.services import images
from tests.digi.files.conftest import stored
from tests.files import path_of
from tests.pictures import picture, upload

pytestmark = pytest.mark.django_db


def drawn(file: StoredFile) -> Image.Image:
    return Image.open(BytesIO(path_of(file).read_bytes()))


def near(pixel, colour) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=False))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "L"),
        ("PNG", "LA"),
        ("PNG", "1"),
        ("PNG", "I;16"),
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
        ("GIF", "P"),
        ("GIF", "L"),
    ],
)
def test_store_avatar_draws_every_kind_as_a_square_webp(alice, kind, mode):
    content = picture(kind, mode="RGB" if mode == "I;16" else mode)
    if mode == "I;16":
        out = BytesIO()
        Image.new("I;16", (300, 200), 30000).save(out, "PNG")
        content = out.getvalue()

    file = images.store_avatar(owner=alice, upload=upload(content))

    image = drawn(file)
    assert (image.format, image.size) == ("WEBP", (256, 256))
    assert (file.owner, file.purpose, file.media_type, file.name) == (alice, "avatar", "image/webp", "avatar.webp")
    assert file.size == path_of(file).stat().st_size


def test_store_avatar_keeps_the_middle(alice):
    file = images.store_avatar(owner=alice, upload=upload(picture(size=(1000, 100))))

    image = drawn(file).convert("RGB")
    assert near(image.getpixel((10, 128)), (255, 0, 0))
    assert near(image.getpixel((245, 128)), (0, 0, 255))


def test_store_avatar_stands_upright_and_forgets_where_it_was_taken(alice):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 0.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = picture("JPEG", exif=exif, icc_profile=profile, comment=b"SecretComment", quality=95)

    file = images.store_avatar(owner=alice, upload=upload(content, "photo.jpg", "image/jpeg"))

    kept = path_of(file).read_bytes()
    image = drawn(file)
    assert near(image.convert("RGB").getpixel((128, 10)), (255, 0, 0))
    assert near(image.convert("RGB").getpixel((128, 245)), (0, 0, 255))
    assert not dict(image.getexif())
    assert "icc_profile" not in image.info
    assert b"Secret" not in kept
    assert b"EXIF" not in kept


def test_store_avatar_keeps_transparency(alice):
    out = BytesIO()
    Image.new("RGBA", (300, 300), (0, 255, 0, 0)).save(out, "PNG")

    file = images.store_avatar(owner=alice, upload=upload(out.getvalue()))

    assert drawn(file).convert("RGBA").getpixel((128, 128))[3] == 0


def test_store_avatar_takes_the_first_picture_of_an_animation(alice):
    out = BytesIO()
    Image.new("P", (64, 64), 0).save(out, "GIF", save_all=True, append_images=[Image.new("P", (64, 64), 1)] * 3)

    file = images.store_avatar(owner=alice, upload=upload(out.getvalue(), "party.gif", "image/gif"))

    assert getattr(drawn(file), "n_frames", 1) == 1


def test_store_avatar_does_not_mind_a_wrong_name(alice):
    file = images.store_avatar(owner=alice, upload=upload(picture("JPEG"), "photo.png", "image/png"))

    assert drawn(file).format == "WEBP"


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be a very large picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"", Invalid, "empty"),
        (b"hello", Invalid, "not_an_image"),
        (b"<html><script>alert(1)</script></html>", Invalid, "not_an_image"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', Invalid, "not_an_image"),
        (b"%PDF-1.7\n", Invalid, "not_an_image"),
        (b"\x89PNG\r\n\x1a\n", Invalid, "not_an_image"),
        (picture("BMP"), Invalid, "not_an_image"),
        (picture("TIFF"), Invalid, "not_an_image"),
        (picture()[:300], Invalid, "broken_image"),
        (picture("JPEG")[:-900], Invalid, "broken_image"),
        (picture("WEBP")[:-20], Invalid, "broken_image"),
        (huge_png(8000, 8000), TooLarge, "too_many_pixels"),
        (huge_png(60_000, 60_000), TooLarge, "too_many_pixels"),
        (huge_png(300, 300), Invalid, "broken_image"),
    ],
)
def test_store_avatar_refuses_and_leaves_nothing_behind(alice, folder, content, kind, code):
    with pytest.raises(kind) as raised:
        images.store_avatar(owner=alice, upload=upload(content))

    assert raised.value.code == code
    assert str(raised.value.message)
    assert stored(folder) == []
    assert not StoredFile.objects.exists()


def test_store_avatar_refuses_more_bytes_than_allowed(alice, folder, settings):
    settings.DIGI_LIMIT_AVATAR = 1000

    with pytest.raises(TooLarge) as raised:
        images.store_avatar(owner=alice, upload=upload(picture("PNG") + b"\0" * 1000))

    assert raised.value.extra == {"limit": 1000}
    assert "1000" in str(raised.value.message)
    assert stored(folder) == []


SEEDS = [picture(kind, size=(40, 30)) for kind in ("PNG", "JPEG", "WEBP", "GIF")]


CHANGES = st.lists(st.tuples(st.integers(0, 4000), st.binary(max_size=6)), max_size=8)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.sampled_from(SEEDS), changes=CHANGES)
def test_store_avatar_meets_any_bytes_with_a_picture_or_a_sentence(alice, seed, changes):
    content = bytearray(seed)
    for place, what in changes:
        start = place % len(content)
        content[start : start + len(what)] = what

    with transaction.atomic(), suppress(DigiError):
        images.store_avatar(owner=alice, upload=upload(bytes(content)))
