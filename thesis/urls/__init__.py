"""The pages of theses: one module for each part."""

from thesis.urls import (
    applications,
    dashboard,
    departments,
    discussion,
    documents,
    library,
    lists,
    meetings,
    reports,
    topics,
    work,
    workspace,
)

app_name = "thesis"
urlpatterns = [
    *applications.urlpatterns,
    *dashboard.urlpatterns,
    *departments.urlpatterns,
    *discussion.urlpatterns,
    *documents.urlpatterns,
    *library.urlpatterns,
    *lists.urlpatterns,
    *meetings.urlpatterns,
    *reports.urlpatterns,
    *topics.urlpatterns,
    *work.urlpatterns,
    *workspace.urlpatterns,
]
