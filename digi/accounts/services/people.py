"""Accounts: made, changed, closed. People are anonymised, never deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from digi.accounts.services import erasure, profiles, sessions
from digi.accounts.services.locking import lock, locked
from digi.audit import services as audit
from digi.errors import Conflict

_LAST = _("This is the last administrator; make another one first.")


@transaction.atomic
def create(
    *,
    username: str,
    email: str = "",
    verified: bool = False,
    display_name: str = "",
    password: str | None = None,
    by: audit.Actor = None,
    **more: Any,
) -> User:
    """Make an account. Without a password nobody can sign in to it by one; `verified` vouches for the address.

    `more` are other columns, such as `language` or `is_staff`. The password's strength is the edge's concern.
    Raises `Invalid` for values that cannot be kept and `Conflict` for a taken name or address.
    """
    values: dict[str, Any] = {"username": username, "email": email, "display_name": display_name, **more}
    profiles.check(values)
    if User.objects.filter(username=values["username"]).exists():
        raise Conflict(_("This user name is taken."), code="user_name_taken", field="username")
    _free(values["email"])

    user = User(**values)
    user.set_password(password)
    with first_come():
        user.save(force_insert=True)
        if user.email:
            EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    audit.record(action="person.created", actor=by, target=audit.target_of(user))
    return user


@contextmanager
def first_come() -> Iterator[None]:
    """Around what stores a name or an address: raises `Conflict` where the database holds it to be taken after all.

    Somebody may have been faster; and SQL Server holds `straße` and `strasse` to be one.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Conflict(_("Somebody has just taken this name or address. Choose another one."), code="taken") from error


@transaction.atomic
def set_address(*, user: User, email: str, by: audit.Actor = None) -> None:
    """Give the account another address, in place of all it had; whoever does so vouches for it."""
    values: dict[str, Any] = {"email": email}
    profiles.check(values)
    lock(user)
    if values["email"] == user.email:
        return
    _free(values["email"], user)

    user.email = values["email"]
    with first_come():
        user.save(update_fields=["email"])
        EmailAddress.objects.filter(user=user).delete()
        if user.email:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    audit.record(action="address.changed", actor=by, target=audit.target_of(user))


@transaction.atomic
def yield_address(*, email: str, user: User) -> None:
    """Take an address from accounts that never proved it, for the person who does."""
    proved = EmailAddress.objects.filter(email=email.lower(), verified=True).exclude(user=user)
    if not proved.exists():
        User.objects.filter(email=email).exclude(pk=user.pk).update(email=None)
        EmailAddress.objects.filter(email=email.lower()).exclude(user=user).delete()


@transaction.atomic
def set_rights(
    *, user: User, is_staff: bool | None = None, is_superuser: bool | None = None, by: audit.Actor = None
) -> None:
    """Say who may open the admin, and who may do everything. None leaves it as it stands."""
    if is_superuser is False:
        _keep_an_administrator(user)
    lock(user)
    is_staff = user.is_staff if is_staff is None else is_staff
    is_superuser = user.is_superuser if is_superuser is None else is_superuser
    if (user.is_staff, user.is_superuser) == (is_staff, is_superuser):
        return

    user.is_staff, user.is_superuser = is_staff, is_superuser
    user.save(update_fields=["is_staff", "is_superuser"])
    details = {"staff": is_staff, "superuser": is_superuser}
    audit.record(action="rights.changed", actor=by, target=audit.target_of(user), details=details)


def set_password(
    *,
    user: User,
    password: str | None,
    by: audit.Actor = None,
    keep_session: str | None = None,
    instead_of: str | None = None,
) -> None:
    """Change the password and sign the person out everywhere but in `keep_session`. None: no password fits.

    `instead_of` is the stored hash that the caller has seen; raises `Conflict` where another one stands there now,
    and for who has been anonymised.
    """
    hashed = make_password(password)  # slow, so outside of the transaction
    with transaction.atomic():
        found = User.objects.filter(pk=user.pk, anonymised_at=None)
        if instead_of is not None:
            found = found.filter(password=instead_of)
        if not found.update(password=hashed):
            raise Conflict(_("Somebody has changed this meanwhile. Look at it again, please."), code="password_changed")
        sessions.end_all(user=user, keep=keep_session)
        audit.record(action="password.changed", actor=by, target=audit.target_of(user))
    user.password = hashed


@transaction.atomic
def deactivate(*, user: User, by: audit.Actor = None) -> None:
    """Switch an account off: signed out everywhere, and nobody signs in until it is switched on again."""
    _keep_an_administrator(user)

    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end_all(user=user)
    audit.record(action="person.deactivated", actor=by, target=audit.target_of(user))


@transaction.atomic
def reactivate(*, user: User, by: audit.Actor = None) -> None:
    lock(user)

    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record(action="person.reactivated", actor=by, target=audit.target_of(user))


@transaction.atomic
def anonymise(*, user: User, by: audit.Actor = None) -> None:
    """Forget who a person was, for good, as `erasure.preview` tells it before.

    The row stays, so that what others wrote with them stays readable.
    """
    if user.anonymised_at is not None:
        return
    _keep_an_administrator(user)

    erasure.lock(user)
    audit.record(action="person.anonymised", actor=by, target=audit.target_of(user))
    erasure.forget(user)


def stands_in_the_way(user: User) -> str:
    """Why the person cannot be forgotten now; empty where nothing stands in the way."""
    if not (user.is_superuser and user.is_active):
        return ""
    others = User.objects.present().filter(is_superuser=True).exclude(pk=user.pk)
    return "" if others.exists() else str(_LAST)


@transaction.atomic
def erase(*, user: User) -> list[erasure.Line]:
    """A person's own wish to be forgotten. Says what became of everything, by the list that the deed goes by."""
    told = erasure.preview(user)
    _keep_an_administrator(user)
    erasure.lock(user)
    audit.record(action="person.erased", actor=user, target=audit.target_of(user))
    anonymise(user=user, by=user)
    return told


def _free(email: str | None, user: User | None = None) -> None:
    """Raise `Conflict` where the address belongs to somebody else."""
    taken = User.objects.filter(email=email).exclude(pk=user.pk if user else None) if email else User.objects.none()
    proved = EmailAddress.objects.filter(email=email or "", verified=True).exclude(user=user)
    if taken.exists() or proved.exists():
        raise Conflict(_("This address belongs to another account."), code="address_taken", field="email")


def _keep_an_administrator(user: User) -> None:
    """Lock all administrators, so that of two who go at once the later one sees the earlier; before other locks."""
    administrators = locked().present().filter(is_superuser=True).order_by("pk")
    if list(administrators.values_list("pk", flat=True)) == [user.pk]:
        raise Conflict(_LAST, code="last_administrator")
