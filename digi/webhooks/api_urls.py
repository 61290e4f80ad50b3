"""The API's routes of webhooks."""

from django.urls import path

from digi.webhooks import api

ONE = "webhooks/<uuid:webhook_id>/"
DELIVERY = f"{ONE}deliveries/<uuid:delivery_id>/"

urlpatterns = [
    path("webhooks/", api.Webhooks.as_view()),
    path(ONE, api.OneWebhook.as_view()),
    path(f"{ONE}rotate-secret/", api.RotateSecret.as_view()),
    path(f"{ONE}ping/", api.Ping.as_view()),
    path(f"{ONE}deliveries/", api.Deliveries.as_view()),
    path(DELIVERY, api.OneDelivery.as_view()),
    path(f"{DELIVERY}redeliver/", api.Redeliver.as_view()),
]
