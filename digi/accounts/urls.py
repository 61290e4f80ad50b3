from django.urls import path

from digi.accounts.views.people import people
from digi.accounts.views.profile import profile
from digi.accounts.views.tokens import revoke_token, token_list

app_name = "accounts"
urlpatterns = [
    path("me/", profile, name="profile"),
    path("me/tokens/", token_list, name="tokens"),
    path("me/tokens/<uuid:uuid>/revoke/", revoke_token, name="revoke_token"),
    path("people/", people, name="people"),
]
