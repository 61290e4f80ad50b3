"""Documents of a thesis."""

from django.urls import path

from thesis.views import comparing, documents

THESIS = "theses/<uuid:thesis_id>/"

urlpatterns = [
    path(THESIS + "documents/", documents.documents_page, name="documents"),
    path(THESIS + "compare/", comparing.compare, name="compare"),
]
