"""The one way into the audit, and the check that nobody went another way."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models, transaction
from django.utils import timezone
from structlog.contextvars import get_contextvars

from digi.addresses import present_address
from digi.audit.models import AuditEvent, AuditHead

Actor = AbstractBaseUser | AnonymousUser | None  # who did it; nobody for what the machine does itself

_FIELDS = ("n", "at", "actor_id", "action", "target", "address", "request_id", "details")


@transaction.atomic
def record(
    *,
    action: str,
    actor: Actor = None,
    target: str = "",
    address: str = "",
    request_id: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add a line to the chain.

    `target` is `kind:public id` (see `target_of`); neither it nor `details` holds names, addresses or secrets, since
    the chain outlives an anonymised person. `details` holds plain JSON: strings, whole numbers, booleans, lists.
    Address and request id are those of the request being answered where they are not given.
    """
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1)
    event = AuditEvent(
        n=head.n + 1,
        at=timezone.now(),
        actor_id=actor.pk if isinstance(actor, AbstractBaseUser) else None,
        action=action[:64],
        target=target[:200],
        address=(address or present_address())[:64],
        request_id=(request_id or str(get_contextvars().get("request_id", "")))[:40],
        details=json.loads(json.dumps(details or {})),
    )
    event.hash = _link(head.hash, {field: getattr(event, field) for field in _FIELDS})
    event.save(force_insert=True)
    AuditHead.objects.filter(pk=head.pk).update(n=event.n, hash=event.hash)
    return event


def target_of(thing: models.Model) -> str:
    """How the audit names a row: `user:<uuid>`, and by its key where there is no public id."""
    return f"{thing._meta.model_name}:{getattr(thing, 'uuid', None) or thing.pk}"


class Walked(NamedTuple):
    """How far the chain was found to hold: the last good line with its hash; and the first bad one, if there is one."""

    n: int
    hash: str
    broken: int | None


def verify() -> int | None:
    """Walk the whole chain. The number of the first line that is missing, moved or altered; None if it holds."""
    return walk().broken


def walk(*, after: int = 0, before: str = "", at_most: int | None = None) -> Walked:
    """Check so many lines after line `after`, whose hash is `before`: a long chain is walked in stretches."""
    head = _head()
    end = head[0] if at_most is None else min(head[0], after + at_most)
    n = after
    lines = AuditEvent.objects.filter(n__gt=after, n__lte=end).order_by("n").values(*_FIELDS, "hash")
    for line in lines.iterator(chunk_size=2000):
        found = line.pop("hash")
        link = _link(before, line)
        if line["n"] != n + 1 or found != link:
            return Walked(n, before, n + 1)
        n, before = n + 1, link

    if n < end or (n >= head[0] and (n, before) != head):
        return Walked(n, before, n + 1)
    beyond = AuditEvent.objects.filter(n__gt=head[0]).order_by("n").values_list("n", flat=True).first()
    return Walked(n, before, beyond if _head() == head else None)  # else somebody has added lines meanwhile


def _head() -> tuple[int, str]:
    return AuditHead.objects.filter(pk=1).values_list("n", "hash").first() or (0, "")


def _link(before: str, line: Mapping[str, Any]) -> str:
    """SHA-256 of the hash before and this line as JSON with sorted keys, in hexadecimal."""
    at: datetime = line["at"]
    plain = {**line, "at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()
