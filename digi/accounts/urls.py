from django.urls import path

from digi.accounts.views.calendar import calendar
from digi.accounts.views.first import first_administrator
from digi.accounts.views.people import people
from digi.accounts.views.privacy import erase, erased, export, privacy
from digi.accounts.views.profile import profile
from digi.accounts.views.tokens import revoke_token, token_list

app_name = "accounts"
urlpatterns = [
    path("me/", profile, name="profile"),
    path("me/calendar/", calendar, name="calendar"),
    path("me/privacy/", privacy, name="privacy"),
    path("me/privacy/export/", export, name="export"),
    path("me/privacy/erase/", erase, name="erase"),
    path("erased/", erased, name="erased"),
    path("me/tokens/", token_list, name="tokens"),
    path("me/tokens/<uuid:uuid>/revoke/", revoke_token, name="revoke_token"),
    path("people/", people, name="people"),
    path("first/<str:key>/", first_administrator, name="first"),
]
