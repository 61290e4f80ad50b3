"""What accounts, files and the audit hold about a person; the apps above say the same of theirs."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from digi.accounts.holdings import Holding, OwnFile, register
from digi.accounts.models import Affiliation, CalendarFeed, Token, User
from digi.accounts.services import sessions
from digi.accounts.services.locking import lock
from digi.audit.models import AuditEvent
from digi.files.models import DOCUMENT, StoredFile, Upload
from digi.files.services import storage, uploads
from digi.moments import moment

AUDIT = _(
    "What was done to accounts, rights and theses must stay checkable; it names you by a number that says nothing."
)

Shown = Callable[[User, Sequence[Any]], list[dict[str, Any]]]


def columns(*names: str) -> Shown:
    """Shows these attributes of each row; a dot leads on to another row, times are UTC."""

    def shown(_user: User, rows: Sequence[Any]) -> list[dict[str, Any]]:
        return [{name.replace(".", "_"): plain(_read(row, name)) for name in names} for row in rows]

    return shown


def plain(value: Any) -> Any:
    """A column's value as JSON has it."""
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    if isinstance(value, datetime):
        return moment(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def register_own() -> None:
    """The account itself comes first, so that it is forgotten last."""
    register(*_account(), *_keys(), *_records())


def _account() -> Iterable[Holding]:
    profile = ("username", "email", "display_name", "language", "time_zone", "invisible", "single_keys", "date_joined")
    yield Holding(
        name="profile",
        label=_("Your name, picture, language, time zone and switches"),
        rows=lambda user: User.objects.filter(pk=user.pk, anonymised_at=None),
        shown=columns("uuid", *profile, "last_login"),
        forget=_rename,
        lock=lock,
    )
    yield Holding(
        name="account/addresses",
        label=_("E-mail addresses"),
        rows=lambda user: EmailAddress.objects.filter(user=user),
        shown=columns("email", "verified", "primary"),
    )
    yield Holding(
        name="account/roles",
        label=_("Roles in departments"),
        rows=lambda user: Affiliation.objects.filter(user=user).select_related("department"),
        shown=columns("department.name", "role"),
    )
    yield Holding(
        name="account/groups",
        label=_("Groups of rights"),
        rows=lambda user: User.groups.through.objects.filter(user=user).select_related("group"),
        shown=columns("group.name"),
    )
    yield Holding(
        name="account/rights",
        label=_("Single rights"),
        rows=lambda user: User.user_permissions.through.objects.filter(user=user).select_related("permission"),
        shown=columns("permission.codename"),
    )


def _keys() -> Iterable[Holding]:
    """What opens the account; of secrets nothing is shown but that they are there."""
    yield Holding(
        name="account/connections",
        label=_("Accounts elsewhere that sign you in"),
        rows=lambda user: SocialAccount.objects.filter(user=user),
        shown=columns("provider", "uid", "extra_data", "date_joined", "last_login"),
    )
    yield Holding(
        name="account/second-factors",
        label=_("Second factors"),
        rows=lambda user: Authenticator.objects.filter(user=user),
        shown=columns("type", "created_at", "last_used_at"),
    )
    yield Holding(
        name="account/sessions",
        label=_("Where you are signed in"),
        rows=lambda user: UserSession.objects.filter(user=user),
        shown=columns("ip", "user_agent", "created_at", "last_seen_at"),
        forget=lambda user: sessions.end_all(user=user),
    )
    yield Holding(
        name="account/tokens",
        label=_("Tokens for programs"),
        rows=lambda user: Token.objects.filter(user=user),
        shown=columns("name", "scopes", "created", "expiry", "last_used_at"),
    )
    yield Holding(
        name="account/calendar",
        label=_("The link of your calendar"),
        rows=lambda user: CalendarFeed.objects.filter(user=user),
        shown=columns("created_at", "last_used_at"),
    )


def _records() -> Iterable[Holding]:
    yield Holding(
        name="files",
        label=_("Your picture and other files of yours alone"),
        rows=lambda user: StoredFile.objects.filter(owner=user).exclude(purpose=DOCUMENT),
        shown=columns("uuid", "purpose", "name", "media_type", "size", "sha256", "created_at"),
        file=lambda row: OwnFile(f"{row.uuid.hex[:8]}-{row.name}", row.created_at, row),
        forget=_remove_files,
    )
    yield Holding(
        name="uploads",
        label=_("Files on their way"),
        rows=lambda user: Upload.objects.filter(owner=user),
        shown=columns("name", "size", "offset", "created_at", "expires_at"),
        forget=_discard_uploads,
    )
    yield Holding(
        name="audit",
        label=_("What the audit keeps of what you did"),
        rows=lambda user: AuditEvent.objects.filter(actor=user),
        shown=columns("n", "at", "action", "target", "address", "details"),
        why=AUDIT,
    )
    yield Holding(
        name="administration",
        label=_("What you did as an administrator"),
        rows=lambda user: LogEntry.objects.filter(user=user).select_related("content_type"),
        shown=columns("action_time", "content_type.model", "action_flag"),
        why=AUDIT,
    )


def _rename(user: User) -> None:
    """The last step: then nothing here says any more who it was."""
    user.username = f"deleted-{secrets.token_hex(4)}"
    user.email, user.display_name, user.avatar = None, "", None
    user.language, user.time_zone = User._meta.get_field("language").get_default(), "UTC"
    user.is_active = user.is_staff = user.is_superuser = False
    user.invisible, user.last_login, user.anonymised_at = True, None, timezone.now()
    user.set_unusable_password()
    user.save()
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=kind, object_id=str(user.pk)).update(object_repr=user.username)


def _remove_files(user: User) -> None:
    for file in StoredFile.objects.filter(owner=user).exclude(purpose=DOCUMENT):
        storage.remove(file=file)


def _discard_uploads(user: User) -> None:
    for upload in Upload.objects.filter(owner=user):
        uploads.discard(upload=upload)


def _read(row: Any, name: str) -> Any:
    for part in name.split("."):
        row = getattr(row, part) if row is not None else None
    return row
