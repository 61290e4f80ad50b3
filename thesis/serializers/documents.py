"""Documents, versions and receipts as the API shows and takes them."""

from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from digi.accounts.serializers import PersonSerializer
from digi.api import MomentField
from thesis.models import Document, DocumentKind, DocumentVersion, Reading, ReadingState


class VersionSerializer(serializers.Serializer[DocumentVersion]):
    """A file that was added for good. `reading` says how far the worker is; `findings` are its remarks."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    n = serializers.IntegerField(read_only=True, help_text="Counts within the document.")
    name = serializers.CharField(read_only=True)
    media_type = serializers.CharField(read_only=True)
    size = serializers.IntegerField(read_only=True, help_text="Bytes.")
    sha256 = serializers.CharField(read_only=True)
    pages = serializers.IntegerField(read_only=True, allow_null=True)
    note = serializers.CharField(read_only=True)
    uploaded_by = PersonSerializer(read_only=True)
    created_at = MomentField(read_only=True)
    reading = serializers.SerializerMethodField()
    findings = serializers.SerializerMethodField()
    file = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=ReadingState.choices))
    def get_reading(self, version: DocumentVersion) -> str:
        return version.reading.state

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_findings(self, version: DocumentVersion) -> list[str]:
        return list(version.reading.findings)

    @extend_schema_field(OpenApiTypes.URI_REF)
    def get_file(self, version: DocumentVersion) -> str:
        return reverse("version_file", args=[version.uuid])


class DocumentSerializer(serializers.Serializer[Document]):
    """A document with its versions, newest first."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    kind = serializers.ChoiceField(choices=DocumentKind.choices, read_only=True)
    title = serializers.CharField(source="__str__", read_only=True)
    versions = VersionSerializer(many=True, read_only=True)


class DocumentsSerializer(serializers.Serializer[Any]):
    results = DocumentSerializer(many=True, read_only=True)


class AddVersionSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    upload = serializers.UUIDField(help_text="A whole upload: see /api/v1/uploads/.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000, help_text="What has changed.")


class FontSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(read_only=True)
    embedded = serializers.BooleanField(read_only=True)


class TextSerializer(serializers.Serializer[Reading]):
    """What the worker has found in a version; empty while `state` is `waiting`."""

    state = serializers.ChoiceField(choices=ReadingState.choices, read_only=True)
    text = serializers.CharField(read_only=True, help_text="A form feed stands between pages.")
    fonts = FontSerializer(many=True, read_only=True)
    metadata = serializers.DictField(child=serializers.CharField(), read_only=True)
    findings = serializers.ListField(child=serializers.CharField(), read_only=True)


class ChangeSerializer(serializers.Serializer[Any]):
    """A passage that changed; `pieces` are its words in order, each piece `[same | old | new, words]`."""

    before_page = serializers.IntegerField(read_only=True)
    after_page = serializers.IntegerField(read_only=True)
    pieces = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(), min_length=2, max_length=2), read_only=True
    )


class WordsSerializer(serializers.Serializer[Any]):
    before = serializers.IntegerField(read_only=True)
    after = serializers.IntegerField(read_only=True)


class DiffSerializer(serializers.Serializer[Any]):
    before = serializers.UUIDField(read_only=True)
    after = serializers.UUIDField(read_only=True)
    words = WordsSerializer(read_only=True)
    changes = ChangeSerializer(many=True, read_only=True)


class SignedReceiptSerializer(serializers.Serializer[Any]):
    """A receipt to keep: `signature` is Ed25519 over the canonical JSON (RFC 8785) of `receipt`, under `key`."""

    receipt = serializers.DictField(read_only=True)
    key = serializers.CharField(read_only=True)
    signature = serializers.CharField(read_only=True)


class ReceiptsSerializer(serializers.Serializer[Any]):
    results = SignedReceiptSerializer(many=True, read_only=True)
