"""The headers of tus 1.0.0 (https://tus.io/protocols/resumable-upload), read and written."""

import base64
import binascii
import hashlib
from collections.abc import Mapping

from django.conf import settings
from django.utils.http import http_date
from django.utils.translation import gettext as _

from digi.errors import DigiError, Invalid
from digi.files.models import Upload
from digi.files.services.parts import ALGORITHMS, Checksum

VERSION = "1.0.0"
PART_TYPE = "application/offset+octet-stream"
LARGEST = 2**62


class OtherVersion(DigiError):
    """The client speaks another version of tus."""

    code = "tus_version"
    status = 412


def abilities() -> dict[str, str]:
    """What an OPTIONS request is told."""
    return {
        "Tus-Version": VERSION,
        "Tus-Max-Size": str(settings.DIGI_LIMIT_FILE),
        "Tus-Extension": "creation,expiration,checksum,termination",
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def state(upload: Upload) -> dict[str, str]:
    """How far an upload has come and when it expires."""
    return {
        "Upload-Offset": str(upload.offset),
        "Upload-Length": str(upload.size),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
        "Cache-Control": "no-store",
    }


def check_version(headers: Mapping[str, str]) -> None:
    """A client that names no version is taken to mean ours. Raises `OtherVersion`."""
    if headers.get("Tus-Resumable", VERSION) != VERSION:
        raise OtherVersion(_("This server speaks tus %(version)s.") % {"version": VERSION}, version=VERSION)


def number(headers: Mapping[str, str], name: str) -> int:
    """A whole number, zero or more. Raises `Invalid`."""
    text = headers.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) < LARGEST):
        raise Invalid(_("The header %(name)s must be a whole number.") % {"name": name}, code="bad_header", field=name)
    return int(text)


def file_name(headers: Mapping[str, str]) -> str:
    """`filename` of `Upload-Metadata: filename <base64>,filetype <base64>`; empty where there is none.

    Raises `Invalid`.
    """
    pairs = [pair.strip().partition(" ") for pair in headers.get("Upload-Metadata", "").split(",")]
    encoded = {key: value for key, _space, value in pairs}.get("filename", "")
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        sentence = _("The header Upload-Metadata must hold the file's name in base64 of UTF-8.")
        raise Invalid(sentence, code="bad_header", field="Upload-Metadata") from error


def checksum(headers: Mapping[str, str]) -> Checksum | None:
    """`Upload-Checksum: sha256 <base64>`, if there is one. Raises `Invalid`."""
    if "Upload-Checksum" not in headers:
        return None
    algorithm, _space, encoded = headers["Upload-Checksum"].strip().partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm not in ALGORITHMS or len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        sentence = _("The checksum names %(algorithms)s and holds the digest in base64.")
        raise Invalid(sentence % {"algorithms": ", ".join(ALGORITHMS)}, code="bad_checksum", field="Upload-Checksum")
    return Checksum(algorithm, digest)
