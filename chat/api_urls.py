"""The API's routes of rooms and messages."""

from django.urls import path

from chat import api

urlpatterns = [
    path("rooms/", api.Rooms.as_view()),
    path("rooms/<uuid:room_id>/", api.OneRoom.as_view()),
    path("rooms/<uuid:room_id>/leave/", api.Leave.as_view()),
    path("rooms/<uuid:room_id>/hide/", api.Hide.as_view()),
    path("rooms/<uuid:room_id>/draft/", api.OneDraft.as_view()),
    path("rooms/<uuid:room_id>/messages/", api.Messages.as_view()),
    path("rooms/<uuid:room_id>/messages/<str:message_id>/", api.OneMessage.as_view()),
    path("rooms/<uuid:room_id>/messages/<str:message_id>/revisions/", api.Revisions.as_view()),
]
