"""The page that people begin with."""

from django.urls import path

from thesis.views.dashboard import page

urlpatterns = [
    path("dashboard/", page.dashboard, name="dashboard"),
    path("dashboard/tasks/<uuid:task_id>/", page.tick, name="dashboard_tick"),
]
