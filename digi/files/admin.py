from django.contrib import admin

from digi.admin import LookOnly
from digi.files.models import StoredFile


@admin.register(StoredFile)
class StoredFileAdmin(LookOnly):
    """What is stored and for whom; never the bytes."""

    list_display = ("uuid", "purpose", "owner", "media_type", "size", "created_at")
    list_filter = ("purpose", "media_type", "created_at")
    list_select_related = ("owner",)
    search_fields = ("=owner__username", "=sha256")
    fields = ("uuid", "purpose", "owner", "name", "media_type", "size", "sha256", "created_at")
