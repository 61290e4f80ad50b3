"""Uploads as the API shows them."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from digi.files.models import Upload
from digi.moments import moment


class UploadSerializer(serializers.Serializer[Upload]):
    """A file on its way: `offset` bytes of `size` are here."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    name = serializers.CharField(read_only=True)
    size = serializers.IntegerField(read_only=True)
    offset = serializers.IntegerField(read_only=True)
    expires_at = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.DATETIME)
    def get_expires_at(self, upload: Upload) -> str:
        return moment(upload.expires_at)
