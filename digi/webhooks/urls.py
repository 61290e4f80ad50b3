"""The pages of webhooks."""

from django.urls import path

from digi.webhooks import views

app_name = "webhooks"
ONE = "me/webhooks/<uuid:webhook_id>/"

urlpatterns = [
    path("me/webhooks/", views.webhook_list, name="list"),
    path("me/webhooks/new/", views.new, name="new"),
    path(ONE, views.page, name="page"),
    path(f"{ONE}edit/", views.edit, name="edit"),
    path(f"{ONE}act/", views.act, name="act"),
    path(f"{ONE}deliveries/<uuid:delivery_id>/redeliver/", views.redeliver, name="redeliver"),
]
