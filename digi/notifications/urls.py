"""The pages of notifications that need nobody signed in."""

from django.urls import path

from digi.notifications import views

app_name = "notifications"
urlpatterns = [path("unsubscribe/<str:token>/", views.Unsubscribe.as_view(), name="unsubscribe")]
