"""The API's routes of notifications."""

from django.urls import path

from digi.notifications.api import inbox, wishes

urlpatterns = [
    path("notifications/", inbox.Notifications.as_view()),
    path("notifications/seen/", inbox.Seen.as_view()),
    path("notifications/read/", inbox.Read.as_view()),
    path("notifications/unread/", inbox.Unread.as_view()),
    path("notifications/done/", inbox.Done.as_view()),
    path("notifications/reopen/", inbox.Reopen.as_view()),
    path("notifications/snooze/", inbox.Snooze.as_view()),
    path("notifications/<int:number>/", inbox.OneNotification.as_view()),
    path("notifications/<int:number>/mute/", inbox.MuteReason.as_view()),
    path("notification-preferences/", wishes.Preferences.as_view()),
    path("watches/", wishes.Watches.as_view()),
    path("watches/<str:target>/", wishes.OneWatch.as_view()),
    path("mutes/", wishes.Mutes.as_view()),
]
