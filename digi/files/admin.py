from django.contrib import admin

from digi.admin import LookOnly
from digi.files.models import StoredFile, Upload


@admin.register(StoredFile)
class StoredFileAdmin(LookOnly):
    """What is stored and for whom; never the bytes."""

    list_display = ("uuid", "purpose", "owner", "media_type", "size", "created_at")
    list_filter = ("purpose", "media_type", "created_at")
    list_select_related = ("owner",)
    search_fields = ("=owner__username", "=sha256")
    fields = ("uuid", "purpose", "owner", "name", "media_type", "size", "sha256", "created_at")


@admin.register(Upload)
class UploadAdmin(LookOnly):
    """What is on its way, and how far."""

    list_display = ("uuid", "owner", "size", "offset", "created_at", "expires_at")
    list_select_related = ("owner",)
    search_fields = ("=owner__username",)
    fields = ("uuid", "owner", "name", "size", "offset", "created_at", "expires_at")
