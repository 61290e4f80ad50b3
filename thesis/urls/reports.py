"""Figures over theses."""

from django.urls import path

from thesis.views import reports

urlpatterns = [
    path("reports/", reports.all_reports, name="reports"),
    path("reports/<slug:figure>.csv", reports.numbers, name="report_numbers"),
]
