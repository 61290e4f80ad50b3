"""The socket of a thesis."""

from django.urls import path

from thesis.consumers import ThesisConsumer

urlpatterns = [path("ws/theses/<uuid:thesis_id>/", ThesisConsumer.as_asgi())]
