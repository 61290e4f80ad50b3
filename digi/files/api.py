"""The API of uploads: `/api/v1/uploads/`, tus 1.0.0 with plain JSON beside it. See docs/protocols/uploads.md."""

from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from digi.files import tus
from digi.files.models import Upload
from digi.files.serializers import UploadSerializer
from digi.files.services import uploads

SCOPE = "files:write"


def _header(name: str, kind: Any, required: bool, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, required=required, description=description)


class PartParser(BaseParser):
    """A part of a file, left where it is: it is read in pieces."""

    media_type = tus.PART_TYPE

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return stream


class UploadEndpoint(APIView):
    """A token needs the scope `files:write`. Every answer names the version of tus that is spoken here."""

    required_scopes = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), SCOPE)
    parser_classes = (PartParser,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Tus lets clients that cannot send PATCH or DELETE say so in a header."""
        other = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and other in {"PATCH", "DELETE"}:
            request.method = other
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        tus.check_version(request.headers)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers["Tus-Resumable"] = tus.VERSION
        if answer.status_code == 412:
            answer.headers["Tus-Version"] = tus.VERSION
        return answer

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return Response(status=204, headers=tus.abilities())


class Uploads(UploadEndpoint):
    @extend_schema(
        operation_id="uploads_create",
        request=None,
        parameters=[
            _header("Upload-Length", OpenApiTypes.INT64, True, "Bytes of the whole file."),
            _header("Upload-Metadata", OpenApiTypes.STR, True, "`filename` and its base64, as tus writes it."),
        ],
        responses={201: UploadSerializer},
    )
    def post(self, request: Request) -> Response:
        """Announce a file. `Location` is where its parts go; what has not come to its end in 24 hours is removed."""
        size, name = tus.number(request.headers, "Upload-Length"), tus.file_name(request.headers)
        upload = uploads.begin(owner=_person(request), name=name, size=size)
        place = reverse("upload", args=[upload.uuid])
        return Response(UploadSerializer(upload).data, status=201, headers={"Location": place} | tus.state(upload))


class OneUpload(UploadEndpoint):
    @extend_schema(responses=UploadSerializer)
    def get(self, request: Request, upload_id: UUID) -> Response:
        """How far the file has come; HEAD says it in headers."""
        upload = _upload(request, upload_id)
        return Response(UploadSerializer(upload).data, headers=tus.state(upload))

    @extend_schema(
        request={tus.PART_TYPE: OpenApiTypes.BINARY},
        parameters=[
            _header("Upload-Offset", OpenApiTypes.INT64, True, "Where this part begins."),
            _header("Upload-Checksum", OpenApiTypes.STR, False, "`sha256` or `sha1`, a space, the part's in base64."),
        ],
        responses={204: None},
    )
    def patch(self, request: Request, upload_id: UUID) -> Response:
        """Send the next part, of at most DIGI_BODY_LIMIT bytes; `Upload-Offset` of the answer is where it goes on."""
        upload = _upload(request, upload_id)
        body: Any = request.data if request.stream else BytesIO()
        start, checksum = tus.number(request.headers, "Upload-Offset"), tus.checksum(request.headers)
        upload = uploads.write(upload=upload, by=_person(request), start=start, body=body, checksum=checksum)
        return Response(status=204, headers=tus.state(upload))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, upload_id: UUID) -> Response:
        """Give the upload up."""
        uploads.cancel(upload=_upload(request, upload_id), by=_person(request))
        return Response(status=204)


def _upload(request: Request, upload_id: UUID) -> Upload:
    upload: Upload | None = Upload.objects.of(request.user).filter(uuid=upload_id).first()
    if upload is None:
        raise Http404
    return upload


def _person(request: Request) -> AbstractBaseUser:
    if not isinstance(request.user, AbstractBaseUser):
        raise Http404
    return request.user
