"""The pages of the audit."""

from django.urls import path

from digi.audit import views

app_name = "audit"
urlpatterns = [
    path("audit/", views.events, name="events"),
    path("audit/verify/", views.verify, name="verify"),
    path("audit/export/", views.export, name="export"),
]
