from django.http import HttpRequest

from digi.accounts.models import User


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` is handed, for the type checker."""

    user: User
