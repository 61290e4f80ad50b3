"""The API's routes of people."""

from django.urls import path

from digi.accounts import api

urlpatterns = [
    path("people/", api.People.as_view()),
    path("me/", api.Me.as_view()),
]
