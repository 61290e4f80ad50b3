"""The API's routes of notifications."""

from django.urls import path

from digi.notifications import api

urlpatterns = [
    path("notifications/", api.Notifications.as_view()),
    path("notifications/seen/", api.Seen.as_view()),
    path("notifications/read/", api.Read.as_view()),
    path("notifications/unread/", api.Unread.as_view()),
    path("notifications/done/", api.Done.as_view()),
    path("notifications/reopen/", api.Reopen.as_view()),
    path("notifications/snooze/", api.Snooze.as_view()),
    path("notifications/<int:number>/", api.OneNotification.as_view()),
    path("notifications/<int:number>/mute/", api.MuteReason.as_view()),
    path("notification-preferences/", api.Preferences.as_view()),
    path("watches/", api.Watches.as_view()),
    path("watches/<str:target>/", api.OneWatch.as_view()),
    path("mutes/", api.Mutes.as_view()),
]
