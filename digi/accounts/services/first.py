"""The first administrator of a new server, whom nobody is there to make.

Whoever reads what `init` or a command prints runs the server, and could make an administrator anyway: so a link in it
gives nothing away. It works for a day, and only while there is no administrator, so that it works once.
"""

from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from digi.accounts.services import people
from digi.audit import services as audit
from digi.errors import Conflict

LIFETIME = timedelta(hours=24)
_SALT = "digi.accounts.first"
_SAYS = "first administrator"


def is_missing() -> bool:
    """Can nobody administrate this server?"""
    return not User.objects.filter(is_superuser=True, is_active=True).exists()


def key() -> str:
    """What opens the page at which the first administrator is made."""
    return signing.dumps(_SAYS, salt=_SALT)


def fits(given: str) -> bool:
    """Is this a key, not older than a day, and is there still no administrator?"""
    try:
        said = signing.loads(given, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return False
    return said == _SAYS and is_missing()


@transaction.atomic
def create(*, username: str, email: str, password: str) -> User:
    """Make the first administrator; the address counts as confirmed. The password's strength is the edge's concern.

    Raises what `people.create` raises, and `Conflict` where there is an administrator.
    """
    audit.record(action="administrator.first")  # one at a time gets further
    if not is_missing():
        raise Conflict(_("There is an administrator already."), code="administrator_exists")

    return people.create(
        username=username, email=email, verified=True, password=password, is_staff=True, is_superuser=True
    )
