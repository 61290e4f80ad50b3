"""Where the key ring's work lies in the database: every column whose values one of its keys has sealed.

Bodies of messages are not among them: they lie under their room's data keys, of which the ring wraps each.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Model

from chat.models import Draft, Room, RoomKey
from chat.services import drafts, sealing
from digi.accounts.adapters import TWO_FACTOR
from digi.crypto import Use
from digi.webhooks.models import Webhook
from digi.webhooks.services import signing


def _only(value: Any) -> list[bytes]:
    return [bytes(value)]


def _instead(value: Any, sealed: Sequence[bytes]) -> Any:
    return sealed[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A column of sealed values. `context` is what a row's values are bound to, and reads only `needs` of it.

    `within` finds them in what the column holds, one unless told otherwise, and `replaced` puts others in their place.
    An empty one stands for nothing, or for a key that was destroyed.
    """

    name: str
    model: type[Model]
    column: str
    use: Use
    context: Callable[[Any], bytes]
    needs: tuple[str, ...] = ()
    within: Callable[[Any], list[bytes]] = _only
    replaced: Callable[[Any, Sequence[bytes]], Any] = _instead


def _codes(data: dict[str, Any]) -> list[bytes]:
    """What allauth has had sealed for a second factor: a secret, a seed of recovery codes, or codes of old."""
    texts = [data.get("secret", ""), data.get("seed", ""), *(data.get("migrated_codes") or [])]
    return [base64.b64decode(text) for text in texts]


def _with_codes(data: dict[str, Any], sealed: Sequence[bytes]) -> dict[str, Any]:
    secret, seed, *codes = (base64.b64encode(one).decode() for one in sealed)
    fresh = {"secret": secret, "seed": seed, "migrated_codes": codes}
    return data | {name: value for name, value in fresh.items() if data.get(name)}


PLACES = (
    Place(
        name="data keys of rooms",
        model=RoomKey,
        column="wrapped",
        use="wrap",
        context=lambda key: sealing.key_context(key.room_id, key.month),
        needs=("room_id", "month"),
    ),
    Place(
        name="keys of message ids",
        model=Room,
        column="id_key",
        use="wrap",
        context=lambda room: sealing.id_context(room.uuid.bytes),
        needs=("uuid",),
    ),
    Place(
        name="drafts",
        model=Draft,
        column="body",
        use="seal",
        context=lambda draft: drafts.context(draft.membership_id),
        needs=("membership_id",),
    ),
    Place(
        name="second factors",
        model=Authenticator,
        column="data",
        use="seal",
        context=lambda factor: TWO_FACTOR,
        within=_codes,
        replaced=_with_codes,
    ),
    Place(
        name="secrets of webhooks",
        model=Webhook,
        column="secret",
        use="seal",
        context=signing.context,
        needs=("uuid",),
    ),
    Place(
        name="former secrets of webhooks",
        model=Webhook,
        column="old_secret",
        use="seal",
        context=signing.context,
        needs=("uuid",),
    ),
)
