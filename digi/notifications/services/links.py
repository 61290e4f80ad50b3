"""Whole addresses in mails, and the signed ones that work without signing in."""

import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import get_script_prefix, reverse

from digi.accounts.models import User
from digi.errors import NotFound

_SALT = "digi.notifications.unsubscribe"


def absolute(path: str) -> str:
    """A whole URL of a path, which may begin with DIGI_ROOT_PATH already: requests reverse so, the worker does not."""
    root = settings.DIGI_ROOT_PATH
    return f"{settings.DIGI_HOME}{path}" if f"{path}/".startswith(f"{root}/") else f"{settings.DIGI_HOME}{root}{path}"


def here(path: str) -> str:
    """A path as this request's pages have it, below whatever lies before every path."""
    root = get_script_prefix().rstrip("/")
    return path if f"{path}/".startswith(f"{root}/") else f"{root}{path}"


def host() -> str:
    """The host that Message-IDs are made under."""
    return urlsplit(settings.DIGI_HOME).hostname or "localhost"


def message_id(claim: UUID) -> str:
    """The Message-ID of a mail (RFC 5322): the same whenever that mail is sent again."""
    return f"<{claim.hex}@{host()}>"


def thread_id(target: str) -> str:
    """What all mails about a target refer to, so that mail programs show them as one thread."""
    return f"<{hashlib.sha256(target.encode()).hexdigest()[:32]}.thread@{host()}>"


def unsubscribe_url(user: User, kinds: Iterable[str]) -> str:
    """Where one click ends the mails of these kinds for this person; it does not expire, since mails do not."""
    token = signing.Signer(salt=_SALT).sign_object({"user": str(user.uuid), "kinds": sorted(set(kinds))})
    return absolute(reverse("notifications:unsubscribe", kwargs={"token": token}))


def unsubscribing(token: str) -> tuple[User, list[str]]:
    """Whose mails of which kinds a token ends. Raises `NotFound` for what was not signed here, and for who is gone."""
    try:
        said: dict[str, Any] = signing.Signer(salt=_SALT).unsign_object(token)
        return User.objects.present().get(uuid=said["user"]), said["kinds"]
    except (signing.BadSignature, User.DoesNotExist) as error:
        raise NotFound("This link leads nowhere.") from error
