"""People's rows, kept from other writers until the transaction ends."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import PersonQuerySet, User
from digi.errors import Conflict


def locked() -> PersonQuerySet:
    """People to be locked while they are read. Rows that only point at them need not wait."""
    found: PersonQuerySet = User.objects.select_for_update(no_key=connection.features.has_select_for_no_key_update)
    return found


def lock(user: User) -> None:
    """Read the person anew and lock the row. Raises `Conflict` for who has been anonymised."""
    user.refresh_from_db(from_queryset=locked())
    if user.anonymised_at is not None:
        raise Conflict(_("An anonymised account stays closed."), code="anonymised")
