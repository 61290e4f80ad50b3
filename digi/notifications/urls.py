"""The pages of notifications."""

from django.urls import path

from digi.notifications.views import acts, inbox, preferences, unsubscribing, watching

app_name = "notifications"
urlpatterns = [
    path("notifications/", inbox.shelf, name="inbox"),
    path("notifications/acts/", acts.act, name="act"),
    path("notifications/<int:number>/", inbox.item, name="item"),
    path("notifications/<int:number>/open/", inbox.lead, name="open"),
    path("me/notifications/", preferences.preferences, name="preferences"),
    path("me/notifications/unmute/", preferences.unmute, name="unmute"),
    path("watches/<str:target>/", watching.watch, name="watch"),
    path("unsubscribe/<str:token>/", unsubscribing.Unsubscribe.as_view(), name="unsubscribe"),
]
