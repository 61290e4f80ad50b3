"""Bodies at rest: AES-256-GCM under the data key of a room and month, bound to their place.

The associated data holds room, seq, revision and key, so that rows cannot be swapped; destroying one key shreds every
message born in its month with all its revisions.
"""

import struct
from collections.abc import Iterable
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
    """The rooms' data keys of a month, made where there is none; inside the caller's transaction."""
    wanted = list(room_ids)
    found = {room: _known[room, month] for room in wanted if (room, month) in _known}
    missing = [room for room in wanted if room not in found]
    if not missing:
        return found

    read = _read_keys(missing, month)
    absent = [room for room in missing if room not in read]
    if absent:
        RoomKey.objects.bulk_create(
            RoomKey(room_id=room, month=month, wrapped=ring().wrap(new_key(), _key_context(room, month)))
            for room in absent
        )
        read |= _read_keys(absent, month)
    transaction.on_commit(lambda: _remember(read, month))
    return found | read


def opened(key: RoomKey) -> Cipher:
    """The cipher of a stored data key. Raises `Unreadable` where no key of the ring opens it."""
    return _unwrapped(bytes(key.wrapped), _key_context(key.room_id, key.month))


def new_id_key(room_uuid: bytes) -> bytes:
    """A fresh key for a room's message ids, wrapped."""
    return ring().wrap(new_key(64), b"message-id:" + room_uuid)


@lru_cache(maxsize=8192)
def numbering(id_key: bytes, room_uuid: bytes) -> Numbering:
    """What turns a room's seqs into message ids and back."""
    return Numbering(ring().unwrap(id_key, b"message-id:" + room_uuid), b"message:" + room_uuid)


def forget() -> None:
    """Drop every cached key, as after a key was destroyed."""
    _known.clear()
    _unwrapped.cache_clear()
    numbering.cache_clear()


def _read_keys(room_ids: list[int], month: int) -> dict[int, tuple[int, Cipher]]:
    keys = RoomKey.objects.filter(room_id__in=room_ids, month=month)
    return {key.room_id: (key.pk, opened(key)) for key in keys}


def _remember(keys: dict[int, tuple[int, Cipher]], month: int) -> None:
    if len(_known) > 20_000:
        _known.clear()
    _known.update({(room, month): key for room, key in keys.items()})


def _key_context(room_id: int, month: int) -> bytes:
    return b"data:%d:%d" % (room_id, month)


@lru_cache(maxsize=8192)
def _unwrapped(wrapped: bytes, context: bytes) -> Cipher:
    return cipher(ring().unwrap(wrapped, context))


__all__ = ["Unreadable", "forget", "keys_for", "month_of", "new_id_key", "numbering", "opened", "seal", "unseal"]
