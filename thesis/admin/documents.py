"""Documents, their versions and the receipts for them: immutable, so for looking, and never what stands in a file."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digi import crypto
from digi.errors import Invalid
from thesis.admin.looking import Rows, WatchedAdmin
from thesis.models import Document, DocumentVersion, Receipt
from thesis.services import receipts, verification

FILE = ("name", "media_type", "size", "sha256", "pages", "uploaded_by", "created_at")


class VersionRows(Rows):
    model = DocumentVersion
    ordering = ("n",)
    fields = readonly_fields = ("n", *FILE)
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[DocumentVersion]:
        return super().get_queryset(request).select_related("uploaded_by", "document")


@admin.register(Document)
class DocumentAdmin(WatchedAdmin):
    viewed = "document.viewed"
    list_display = ("thesis", "kind", "title", "versions", "created_at")
    list_filter = ("kind", "thesis__programme")
    list_select_related = ("thesis",)
    search_fields = ("title", "thesis__search_text", "=uuid", "=thesis__uuid")
    fields = readonly_fields = ("uuid", "thesis", "kind", "title", "created_at")
    inlines = (VersionRows,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        found: QuerySet[Document] = super().get_queryset(request)
        return found.annotate(version_count=Count("versions"))

    @admin.display(description=gettext_lazy("versions"), ordering="version_count")
    def versions(self, document: Any) -> int:
        return int(document.version_count)


@admin.register(DocumentVersion)
class DocumentVersionAdmin(WatchedAdmin):
    viewed = "version.viewed"
    list_display = ("name", "thesis", "document", "n", "size", "uploaded_by", "created_at", "read")
    list_filter = ("document__kind", "media_type", "reading__state")
    search_fields = ("name", "=sha256", "=uuid", "=uploaded_by__username", "document__thesis__search_text")
    fields = readonly_fields = ("uuid", "thesis", "document", "n", *FILE, "read", "findings")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DocumentVersion]:
        found: QuerySet[DocumentVersion] = super().get_queryset(request)
        return found.select_related("document__thesis", "uploaded_by", "reading").defer("reading__text")

    @admin.display(description=gettext_lazy("thesis"))
    def thesis(self, version: DocumentVersion) -> str:
        return str(version.document.thesis)

    @admin.display(description=gettext_lazy("reading"))
    def read(self, version: DocumentVersion) -> str:
        return str(version.reading.get_state_display())

    @admin.display(description=gettext_lazy("findings"))
    def findings(self, version: DocumentVersion) -> str:
        return ", ".join(map(str, version.reading.findings))


@admin.register(Receipt)
class ReceiptAdmin(WatchedAdmin):
    viewed = "receipt.viewed"
    list_display = ("uuid", "thesis", "version", "created_at")
    list_filter = ("thesis__programme",)
    list_select_related = ("thesis", "version")
    search_fields = ("=uuid", "=thesis__uuid", "thesis__search_text", "=version__sha256")
    fields = readonly_fields = ("uuid", "thesis", "version", "created_at", "key", "signature", "holds")

    @admin.display(description=gettext_lazy("check"))
    def holds(self, receipt: Receipt) -> str:
        """As `verify_receipt` checks it, against what the version says that its file is."""
        document, sha256 = receipts.signed(receipt), receipt.version.sha256
        try:
            verification.check(document, sha256=sha256, keys=crypto.known_public_keys())
        except Invalid as error:
            return str(error.message)
        return _("genuine")
