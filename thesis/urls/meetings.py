"""Meetings of a thesis."""

from django.urls import path

from thesis.views.meetings import acts, pages

MEETINGS = "theses/<uuid:thesis_id>/meetings/"

urlpatterns = [
    path(MEETINGS, pages.meetings, name="meetings"),
    path(MEETINGS + "new/", acts.add, name="meeting_new"),
    path(MEETINGS + "<uuid:meeting_id>/", pages.meeting, name="meeting"),
    path(MEETINGS + "<uuid:meeting_id>/move/", acts.move, name="meeting_move"),
    path(MEETINGS + "<uuid:meeting_id>/minutes/", acts.minutes, name="meeting_minutes"),
    path(MEETINGS + "<uuid:meeting_id>/cancel/", acts.cancel, name="meeting_cancel"),
]
