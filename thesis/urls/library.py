"""The library: finished theses for readers."""

from django.urls import path

from thesis.views import library

urlpatterns = [
    path("library/", library.library, name="library"),
    path("library/<uuid:thesis_id>/", library.thesis, name="library_thesis"),
    path("library/<uuid:thesis_id>/reference.bib", library.reference, name="reference"),
]
