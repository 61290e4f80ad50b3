"""What people say about themselves, and what they want to see."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Field
from django.utils.translation import gettext_lazy as _

from digi.accounts.events import PersonChanged
from digi.accounts.models import User
from digi.accounts.services.locking import lock
from digi.errors import Invalid
from digi.files.models import StoredFile
from digi.files.services import images, storage
from digi.files.services.storage import Staged
from digi.realtime.publish import publish, user_topic


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
    staged = images.stage_avatar(upload=avatar) if avatar is not None else None
    _change(user, changes, staged, remove_avatar=remove_avatar)
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


def set_avatar(*, user: User, upload: "UploadedFile[Any]") -> StoredFile | None:
    """Put a new picture in place of the old one, whose bytes go with the commit.

    Raises what `images.stage_avatar` raises, and `Conflict` for who has been anonymised.
    """
    _change(user, {}, images.stage_avatar(upload=upload))
    return user.avatar


@transaction.atomic
def _change(user: User, changes: dict[str, Any], staged: Staged | None, *, remove_avatar: bool = False) -> None:
    lock(user)  # or an erasure meanwhile would be undone, and of two pictures one would stay for nobody

    for name, value in changes.items():
        setattr(user, name, value)
    user.save(update_fields=[*changes, *(["search_text"] if "display_name" in changes else [])])
    if staged is not None or remove_avatar:
        _replace_avatar(user, images.adopt_avatar(owner=user, staged=staged) if staged else None)
    publish(PersonChanged(topic=user_topic(user.pk)))


def _replace_avatar(user: User, file: StoredFile | None) -> None:
    before, user.avatar = user.avatar, file
    user.save(update_fields=["avatar"])
    if before is not None:
        storage.remove(file=before)
