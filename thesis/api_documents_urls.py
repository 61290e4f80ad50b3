"""The API's routes of documents."""

from django.urls import path

from thesis.api import documents as api

urlpatterns = [
    path("theses/<uuid:thesis_id>/documents/", api.Documents.as_view(), name="thesis_documents"),
    path("theses/<uuid:thesis_id>/receipts/", api.Receipts.as_view(), name="thesis_receipts"),
    path("theses/<uuid:thesis_id>/receipts/<uuid:receipt_id>/", api.OneReceipt.as_view(), name="thesis_receipt"),
    path("theses/<uuid:thesis_id>/export.zip", api.Export.as_view(), name="thesis_export"),
    path("versions/<uuid:version_id>/", api.OneVersion.as_view(), name="version"),
    path("versions/<uuid:version_id>/file/", api.File.as_view(), name="version_file"),
    path("versions/<uuid:version_id>/text/", api.Text.as_view(), name="version_text"),
    path("versions/<uuid:version_id>/diff/", api.Diff.as_view(), name="version_diff"),
]
