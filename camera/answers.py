"""Pictures of cameras as answers, alike for pages and API: theirs alone who asked, and never older than they say."""

from hashlib import sha256

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header, parse_etags

from camera.services.thumbnails import Thumbnail


def snapshot(picture: bytes, *, name: str, kind: str) -> HttpResponse:
    """A present picture, offered as a file; `kind` is jpeg or png."""
    ending = "jpg" if kind == "jpeg" else kind
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": content_disposition_header(True, f"{name}.{ending}") or "attachment",
        "ETag": f'"{sha256(picture).hexdigest()[:32]}"',
        "X-Content-Type-Options": "nosniff",
    }
    response = HttpResponse(picture, content_type=f"image/{kind}", headers=headers)
    patch_vary_headers(response, ["Cookie", "Authorization"])
    return response


def thumbnail(request: HttpRequest, found: Thumbnail) -> HttpResponse:
    """A small picture, or 304 to who has it already: browsers ask every time, whether they still may."""
    etag = f'"{found.etag}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if etag in [tag.removeprefix("W/") for tag in known]:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(found.jpeg, content_type="image/jpeg")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    patch_vary_headers(response, ["Cookie", "Authorization"])
    return response
