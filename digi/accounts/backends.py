"""How a password is compared."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AbstractBaseUser


class ByNameOrAddress(AuthenticationBackend):
    """Signs in by user name or e-mail at the cost of exactly one password hash per attempt.

    allauth looks for a person several ways and hashes each time it finds one, so that the time of an answer would
    tell which addresses are known here.
    """

    def _check_password(self, user: AbstractBaseUser | None, password: str) -> AbstractBaseUser | None:
        if user is None:
            return None
        known = self.__dict__.setdefault("_checked", {})
        if user.pk not in known:
            known[user.pk] = super()._check_password(user, password)
        return known[user.pk]  # type: ignore[no-any-return]
