"""The pages of the status."""

from django.urls import path

from digi.status import views

app_name = "status"
urlpatterns = [path("status/", views.status, name="page")]
