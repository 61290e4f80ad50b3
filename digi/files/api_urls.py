"""The API's routes of uploads."""

from django.urls import path

from digi.files import api

urlpatterns = [
    path("uploads/", api.Uploads.as_view(), name="uploads"),
    path("uploads/<uuid:upload_id>/", api.OneUpload.as_view(), name="upload"),
]
