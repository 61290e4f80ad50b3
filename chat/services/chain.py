"""The hash chain of a room's log: each change's hash covers the hash before, its own fields and the body's digest.

What is hashed is SHA-256 over the 32 bytes before (none for the first change) and the compact UTF-8 JSON array
`[room, n, kind, seq, rev, actor, subject, detail, cid, at, digest]`: ids are the server's row ids, `cid` is a UUID in
its usual form, `at` is UTC in microseconds (`2026-03-12T09:34:00.000000+00:00`), `digest` is hexadecimal.
"""

import hashlib
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from chat.models import Change, Room

_encode = msgspec.json.Encoder().encode


def link(
    before: bytes,
    *,
    room_id: int,
    n: int,
    kind: str,
    seq: int | None,
    rev: int | None,
    actor_id: int,
    subject_id: int | None,
    detail: str,
    cid: UUID,
    at: str,
    digest: bytes,
) -> bytes:
    """The hash of a change, given the hash before and its moment as `stamp` writes it."""
    fields = (room_id, n, kind, seq, rev, actor_id, subject_id, detail, cid, at, digest.hex())
    return hashlib.sha256(before + _encode(fields)).digest()


def stamp(at: datetime) -> str:
    """A moment as it is hashed."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest_of(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def verify(room: Room) -> int | None:
    """The number of the first change that does not fit the chain, or None when the whole log holds.

    A missing number, a head that does not match and a message whose body was altered are found too. What is written
    meanwhile is left out, whatever it changes.
    """
    head, head_hash = Room.objects.values_list("head", "head_hash").get(pk=room.pk)
    before, expected = b"", 1
    last: dict[int, bytes] = {}
    for change in Change.objects.filter(room=room, n__lte=head).order_by("n").iterator():
        digest = bytes(change.digest)
        found = link(
            before,
            room_id=change.room_id,
            n=change.n,
            kind=change.kind,
            seq=change.seq,
            rev=change.rev,
            actor_id=change.actor_id,
            subject_id=change.subject_id,
            detail=change.detail,
            cid=change.cid,
            at=stamp(change.at),
            digest=digest,
        )
        if change.n != expected or found != bytes(change.hash):
            return expected
        if change.seq is not None:
            last[change.seq] = digest
        before, expected = found, expected + 1

    if expected - 1 != head or before != bytes(head_hash):
        return expected
    return _altered(room, head, last)


def _altered(room: Room, head: int, digests: dict[int, bytes]) -> int | None:
    altered = []
    for seq, n, body in room.messages.values_list("seq", "n", "body").iterator():
        digest = digests.pop(seq, None)
        if n <= head and digest_of(bytes(body)) != digest:
            altered.append(n)
    return min(altered or digests, default=None)
