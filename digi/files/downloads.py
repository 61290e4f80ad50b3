"""A stored file as an answer: whole, in part, or not again. Who may have it, the caller knows."""

import os
from typing import BinaryIO

from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header, parse_etags
from django.utils.translation import gettext as _

from digi.files import ranges
from digi.files.models import AVATAR, StoredFile
from digi.files.services import storage
from digi.files.streams import AsyncPieces, SyncPieces


def send(request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    """The bytes that a GET or HEAD asks for; everything but an avatar is an attachment. Raises `Http404`."""
    response = _answer(request, file)
    response.headers["ETag"] = _etag(file)
    response.headers["Cache-Control"] = "private, max-age=3600" if file.purpose == AVATAR else "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    patch_vary_headers(response, ["Cookie"])
    return response


def hand_over(request: HttpRequest, *, name: str, media_type: str, made: BinaryIO) -> StreamingHttpResponse:
    """A temporary file that was made for this answer, as an attachment of this name; it is gone with the answer."""
    size = made.seek(0, os.SEEK_END)
    made.seek(0)
    headers = {
        "Content-Length": str(size),
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    pieces = AsyncPieces if isinstance(request, ASGIRequest) else SyncPieces
    return StreamingHttpResponse(pieces(made, size), content_type=media_type, headers=headers)


def _answer(request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" in known or _etag(file) in [tag.removeprefix("W/") for tag in known]:
        return HttpResponseNotModified()

    try:
        part = _wanted(request, file)
    except ranges.Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    return _bytes(request, file, part)


def _wanted(request: HttpRequest, file: StoredFile) -> ranges.Part | None:
    """The range asked for; `If-Range` with another version's tag asks for all of this one."""
    condition = request.headers.get("If-Range")
    header = request.headers.get("Range")
    if header is None or request.method != "GET" or (condition is not None and condition != _etag(file)):
        return None
    return ranges.parse(header, file.size)


def _bytes(request: HttpRequest, file: StoredFile, part: ranges.Part | None) -> HttpResponseBase:
    whole = ranges.Part(0, file.size)
    headers = {
        "Content-Length": str((part or whole).length),
        "Content-Disposition": content_disposition_header(file.purpose != AVATAR, file.name) or "attachment",
        "Accept-Ranges": "bytes",
    }
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.start + part.length - 1}/{file.size}"
    if request.method == "HEAD":
        return HttpResponse(content_type=file.media_type, headers=headers)

    try:
        opened = storage.opened(file, part)
    except FileNotFoundError as error:
        raise Http404(_("There is nothing here that you may see.")) from error
    pieces = AsyncPieces if isinstance(request, ASGIRequest) else SyncPieces
    status = 206 if part else 200
    return StreamingHttpResponse(
        pieces(opened, (part or whole).length), status=status, content_type=file.media_type, headers=headers
    )


def _etag(file: StoredFile) -> str:
    return f'"{file.sha256[:32]}"'
