"""Checking a receipt against the file it speaks of: with a public key and without a database."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from digi import crypto
from digi.errors import Invalid
from thesis.models import Transition
from thesis.services import history
from thesis.services.receipts import FORMAT, canonical


class Confirmed(NamedTuple):
    """What a genuine receipt says: times are UTC."""

    name: str
    sha256: str
    submitted_at: str
    key: str
    hash: str


def check(document: Any, *, sha256: str, keys: Collection[str]) -> Confirmed:
    """Confirm that a receipt was signed by one of these public keys, and is for the file with this SHA-256.

    `document` is what `receipts.signed` gave. Raises `Invalid`: `not_a_receipt`, `unknown_key`, `bad_signature`,
    `broken_chain` (the hash does not follow from what the receipt says), `other_file`.
    """
    try:
        content, key, signature = document["receipt"], document["key"], document["signature"]
        found = Confirmed(
            name=content["file"]["name"],
            sha256=content["file"]["sha256"],
            submitted_at=content["submitted_at"],
            key=key,
            hash=content["chain"]["hash"],
        )
        chained = _chained(content)
        readable = content["format"] == FORMAT and all(isinstance(value, str) for value in (*found, signature))
    except (KeyError, TypeError, ValueError, AttributeError):
        readable = False
    if not readable:
        raise Invalid(_("This is no receipt, or not one of a format known here."), code="not_a_receipt")

    if key not in keys:
        raise Invalid(_("The receipt was signed with a key that is not known here."), code="unknown_key")
    if not crypto.is_signed(canonical(content).encode(), key=key, signature=signature):
        raise Invalid(_("The signature does not fit: the receipt was changed."), code="bad_signature")
    if chained != found.hash:
        raise Invalid(_("The chain hash does not follow from what the receipt says."), code="broken_chain")
    if sha256 != found.sha256:
        raise Invalid(_("The file is not the one that was handed in."), code="other_file")
    return found


def _chained(content: dict[str, Any]) -> str:
    """The hash of the step as `thesis.services.history` computes it; its details name the version and its SHA-256."""
    chain, file = content["chain"], content["file"]
    if (chain["details"].get("version"), chain["details"].get("sha256")) != (file["version"], file["sha256"]):
        return ""
    step = Transition(
        n=chain["n"],
        from_state=chain["from"],
        to_state=chain["to"],
        reason=chain["reason"],
        details=chain["details"],
        at=datetime.fromisoformat(chain["at"]),
    )
    return history.link(chain["before"], subject=content["thesis"]["id"], step=step, actor=chain["actor"])
