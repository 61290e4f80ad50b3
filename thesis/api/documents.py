"""The API of documents: versions added and fetched, their text and changes, receipts, and a thesis to take away."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from digi.accounts.authentication import SignedInWithScope
from digi.api import AddressThrottle, ExaminationThrottle, PersonThrottle
from digi.errors import Invalid
from digi.files import archives, downloads
from thesis.api.endpoints import ThesisEndpoint
from thesis.models import DocumentVersion
from thesis.serializers import documents as shapes
from thesis.services import documents, export, readings, receipts


class LargeEndpoint(ThesisEndpoint):
    """Answers by bytes, whatever media types the client would like: they are what they are."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)


class SlowEndpoint(ThesisEndpoint):
    """What keeps an examiner busy is throttled by itself."""

    throttle_classes = (PersonThrottle, AddressThrottle, ExaminationThrottle)


class ReadableByAll(SignedInWithScope):
    """Who is not signed in may ask; what is public decides."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        anonymous = not request.user or not request.user.is_authenticated
        return request.method in SAFE_METHODS if anonymous else super().has_permission(request, view)


class Documents(SlowEndpoint):
    def get_throttles(self) -> Any:
        throttles = super().get_throttles()
        return throttles if self.request.method == "POST" else throttles[:2]

    @extend_schema(operation_id="theses_documents_list", responses=shapes.DocumentsSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """The documents of a thesis you work on, each with its versions."""
        found = documents.of(self.thesis(thesis_id))
        return Response(shapes.DocumentsSerializer({"results": found}).data)

    @extend_schema(request=shapes.AddVersionSerializer, responses={201: shapes.VersionSerializer})
    def post(self, request: Request, thesis_id: UUID) -> Response:
        """Add a version: a whole upload is looked into, kept for good, and read by the worker."""
        asked = self.sent(shapes.AddVersionSerializer)
        version = documents.add(
            thesis=self.thesis(thesis_id),
            by=self.person,
            kind=asked["kind"],
            upload_id=asked["upload"],
            note=asked.get("note", ""),
        )
        return Response(shapes.VersionSerializer(version).data, status=201)


class OneVersion(ThesisEndpoint):
    @extend_schema(responses=shapes.VersionSerializer)
    def get(self, request: Request, version_id: UUID) -> Response:
        """One version of a document."""
        return Response(shapes.VersionSerializer(documents.find(version_id, self.person)).data)


class File(LargeEndpoint):
    permission_classes = (ReadableByAll,)

    @extend_schema(
        parameters=[
            OpenApiParameter("Range", OpenApiTypes.STR, OpenApiParameter.HEADER, description="One byte range.")
        ],
        responses={(status, "application/octet-stream"): OpenApiTypes.BINARY for status in (200, 206)} | {304: None},
    )
    def get(self, request: Request, version_id: UUID) -> HttpResponseBase:
        """The file, as an attachment. Others than those on the thesis get what was handed in, once it is published."""
        version = documents.readable(version_id, request.user)
        if version is None and not request.user.is_authenticated:
            raise NotAuthenticated
        if version is None:
            raise Http404
        return downloads.send(request._request, version.file)


class Text(ThesisEndpoint):
    @extend_schema(responses=shapes.TextSerializer)
    def get(self, request: Request, version_id: UUID) -> Response:
        """Text, fonts, metadata and findings of a version."""
        return Response(shapes.TextSerializer(documents.find(version_id, self.person).reading).data)


class Diff(SlowEndpoint):
    @extend_schema(
        parameters=[
            OpenApiParameter(
                "against", OpenApiTypes.UUID, description="The earlier version; the one before, if left out."
            )
        ],
        responses=shapes.DiffSerializer,
    )
    def get(self, request: Request, version_id: UUID) -> Response:
        """What changed in the text from an earlier version to this one."""
        after = documents.find(version_id, self.person)
        before = self._earlier(after)
        found = readings.changes(before=before, after=after)
        return Response(shapes.DiffSerializer({"before": before.uuid, "after": after.uuid} | found).data)

    def _earlier(self, after: DocumentVersion) -> DocumentVersion:
        given = str(self.request.query_params.get("against", ""))
        if not given:
            return documents.one_before(after)
        try:
            return documents.find(UUID(given), self.person)
        except ValueError:
            raise Invalid(_("`against` is a version’s id."), code="invalid", field="against") from None


class Receipts(ThesisEndpoint):
    @extend_schema(operation_id="theses_receipts_list", responses=shapes.ReceiptsSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """The receipts for submissions of a thesis you work on, newest first."""
        found = receipts.of(self.thesis(thesis_id))
        return Response({"results": [receipts.signed(receipt) for receipt in found]})


class OneReceipt(ThesisEndpoint):
    @extend_schema(responses=shapes.SignedReceiptSerializer)
    def get(self, request: Request, thesis_id: UUID, receipt_id: UUID) -> Response:
        """One receipt, as an attachment: `manage.py verify_receipt` checks it against the file."""
        thesis = self.thesis(thesis_id)
        receipt = receipts.of(thesis).filter(uuid=receipt_id).first()
        if receipt is None:
            raise Http404
        headers = {"Content-Disposition": f'attachment; filename="receipt-{receipt.uuid}.json"'}
        return Response(receipts.signed(receipt), headers=headers)


class Export(LargeEndpoint):
    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, thesis_id: UUID) -> HttpResponseBase:
        """Everything about a thesis that you may read, and every version of its documents, packed while it is sent."""
        thesis = self.thesis(thesis_id)
        found = export.entries(thesis=thesis, by=self.person)
        return archives.send(request._request, f"{slugify(thesis.title)[:80] or 'thesis'}.zip", found)
