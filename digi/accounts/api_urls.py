"""The API's routes of people."""

from django.urls import path

from digi.accounts.api import calendars, people, privacy

urlpatterns = [
    path("people/", people.People.as_view()),
    path("me/", people.Me.as_view()),
    path("me/calendar/", calendars.CalendarLink.as_view()),
    path("me/export/", privacy.Export.as_view()),
    path("me/erasure/", privacy.Erasure.as_view()),
    path("calendar/<str:secret>.ics", calendars.Feed.as_view(), name="calendar_feed"),
]
