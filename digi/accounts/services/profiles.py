"""What people say about themselves, and what they want to see."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Field
from django.utils.translation import gettext_lazy as _

from digi.accounts.events import PersonChanged
from digi.accounts.models import User
from digi.errors import Invalid
from digi.files.models import StoredFile
from digi.files.services import images, storage
from digi.realtime.publish import publish, user_topic


@transaction.atomic
def change(
    *,
    user: User,
    display_name: str | None = None,
    language: str | None = None,
    time_zone: str | None = None,
    invisible: bool | None = None,
    single_keys: bool | None = None,
    avatar: "UploadedFile[Any] | None" = None,
    remove_avatar: bool = False,
) -> User:
    """Change what is given and leave the rest; a new picture goes before a removal.

    Raises `Invalid` with the faults of each field under `errors`, and what `set_avatar` raises.
    """
    given = {
        "display_name": display_name,
        "language": language,
        "time_zone": time_zone,
        "invisible": invisible,
        "single_keys": single_keys,
    }
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    check(changes)
    for name, value in changes.items():
        setattr(user, name, value)
    user.save(update_fields=[*changes, "search_text"])
    if avatar is not None:
        set_avatar(user=user, upload=avatar)
    elif remove_avatar:
        drop_avatar(user=user)
    _tell(user)
    return user


def check(changes: dict[str, Any]) -> None:
    """Raise `Invalid` unless every value may stand in the column of this name; values take the stored spelling."""
    errors: dict[str, list[str]] = {}
    for name, value in changes.items():
        try:
            changes[name] = column(name).clean(value, None)
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise Invalid(_("Some of this cannot be kept."), errors=errors)


def column(name: str) -> "Field[Any, Any]":
    """The person's column of this name: what may stand in it, and in which spelling."""
    field = User._meta.get_field(name)
    assert isinstance(field, Field)  # noqa: S101 - for the type checker
    return field


@transaction.atomic
def set_avatar(*, user: User, upload: "UploadedFile[Any]") -> StoredFile:
    """Put a new picture in place of the old one, whose bytes go with the commit.

    Raises what `images.store_avatar` raises.
    """
    before = user.avatar
    user.avatar = images.store_avatar(owner=user, upload=upload)
    user.save(update_fields=["avatar"])
    if before is not None:
        storage.remove(file=before)
    _tell(user)
    return user.avatar


@transaction.atomic
def drop_avatar(*, user: User) -> None:
    before, user.avatar = user.avatar, None
    user.save(update_fields=["avatar"])
    if before is not None:
        storage.remove(file=before)
    _tell(user)


def _tell(user: User) -> None:
    publish(PersonChanged(topic=user_topic(user.pk)))
