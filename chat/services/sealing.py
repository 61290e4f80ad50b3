"""Bodies at rest: AES-256-GCM under the data key of a room and month, bound to their place.

The associated data holds room, seq, revision and key, so that rows cannot be swapped; destroying one key shreds every
message born in its month with all its revisions.
"""

import hashlib
import struct
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import transaction

from chat.models import RoomKey
from digi.crypto import Numbering, Unreadable, cipher, decrypt, encrypt, new_key, ring

if TYPE_CHECKING:
    from typing_extensions import Buffer

Cipher = Any  # an AES-GCM object of digi.crypto.cipher

_PLACE = struct.Struct(">QQQQ")
_known: dict[tuple[int, int], tuple[int, Cipher]] = {}  # (room, month) → (key's id, cipher), committed ones only


def month_of(at: datetime) -> int:
    return at.year * 12 + at.month - 1


def seal(key_id: int, key: Cipher, *, room_id: int, seq: int, rev: int, text: str) -> bytes:
    return encrypt(key, text.encode(), _PLACE.pack(room_id, seq, rev, key_id))


def unseal(key_id: int, key: Cipher, *, room_id: int, seq: int, rev: int, body: "Buffer") -> str:
    """The text. Raises `Unreadable` for a body that was moved or altered, or whose key does not fit."""
    return decrypt(key, bytes(body), _PLACE.pack(room_id, seq, rev, key_id)).decode()


def keys_for(room_ids: Iterable[int], month: int) -> dict[int, tuple[int, Cipher]]:
    """The rooms' data keys of a month, made where there is none; inside the caller's transaction.

    A room whose key no key of the ring opens is left out: nothing is written there before the key is back.
    """
    wanted = list(room_ids)
    found = {room: _known[room, month] for room in wanted if (room, month) in _known}
    missing = [room for room in wanted if room not in found]
    if not missing:
        return found

    kept = _kept_keys(missing, month)
    absent = [room for room in missing if room not in kept]
    if absent:
        RoomKey.objects.bulk_create(
            RoomKey(room_id=room, month=month, wrapped=new_data_key(room, month)) for room in absent
        )
        kept |= _kept_keys(absent, month)
    read = {}
    for room, key in kept.items():
        with suppress(Unreadable):
            read[room] = (key.pk, opened(key))
    transaction.on_commit(lambda: _remember(read, month))
    return found | read


def opened(key: RoomKey) -> Cipher:
    """The cipher of a stored data key. Raises `Unreadable` where no key of the ring opens it."""
    return _unwrapped(bytes(key.wrapped), key_context(key.room_id, key.month))


def new_data_key(room_id: int, month: int) -> bytes:
    """A fresh data key for a room's month, wrapped."""
    return ring().wrap(new_key(), key_context(room_id, month))


def new_id_key(room_uuid: bytes) -> bytes:
    """A fresh key for a room's message ids, wrapped."""
    return ring().wrap(new_key(64), id_context(room_uuid))


@lru_cache(maxsize=8192)
def numbering(id_key: bytes, room_uuid: bytes) -> Numbering:
    """What turns a room's seqs into message ids and back.

    Where the key is lost with the ring's, the messages are, too; but the room can be opened, under other ids.
    """
    try:
        key = ring().unwrap(id_key, id_context(room_uuid))
    except Unreadable:
        key = hashlib.sha512(id_key).digest()  # 64 bytes that no client knows
    return Numbering(key, b"message:" + room_uuid)


def key_context(room_id: int, month: int) -> bytes:
    """What a room's data key of a month is bound to."""
    return b"data:%d:%d" % (room_id, month)


def id_context(room_uuid: bytes) -> bytes:
    """What the key of a room's message ids is bound to."""
    return b"message-id:" + room_uuid


def forget() -> None:
    """Drop every cached key, as after a key was destroyed."""
    _known.clear()
    _unwrapped.cache_clear()
    numbering.cache_clear()


def _kept_keys(room_ids: list[int], month: int) -> dict[int, RoomKey]:
    return {key.room_id: key for key in RoomKey.objects.filter(room_id__in=room_ids, month=month)}


def _remember(keys: dict[int, tuple[int, Cipher]], month: int) -> None:
    if len(_known) > 20_000:
        _known.clear()
    _known.update({(room, month): key for room, key in keys.items()})


@lru_cache(maxsize=8192)
def _unwrapped(wrapped: bytes, context: bytes) -> Cipher:
    return cipher(ring().unwrap(wrapped, context))


__all__ = [
    "Unreadable",
    "forget",
    "id_context",
    "key_context",
    "keys_for",
    "month_of",
    "new_data_key",
    "new_id_key",
    "numbering",
    "opened",
    "seal",
    "unseal",
]
