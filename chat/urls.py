"""The pages of chat."""

from django.urls import path

from chat import views

app_name = "chat"
urlpatterns = [
    path("", views.room_list, name="list"),
    path("new/", views.new, name="new"),
    path("<str:connection_id>/", views.room, name="room"),
    path("<str:connection_id>/leave/", views.leave, name="leave"),
    path("<str:connection_id>/hide/", views.hide, name="hide"),
    path("<str:connection_id>/receipts/", views.receipts, name="receipts"),
]
