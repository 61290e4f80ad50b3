"""What agents show at the door: made, shown once, replaced, and known again by a digest."""

import hashlib
import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from camera.models import AgentToken, Camera, Role
from camera.services.access import admit
from digi.accounts.models import User
from digi.audit import services as audit
from digi.realtime import codes
from digi.realtime.events import SocketsClosed
from digi.realtime.publish import publish

PREFIX = "dgc_"
_LONGEST = 100  # characters of what is looked up


@transaction.atomic
def issue(*, camera: Camera, by: User | None) -> tuple[AgentToken, str]:
    """A fresh token and its secret, which nobody can read again."""
    admit(user=by, camera=camera, least=Role.ADMIN)
    secret = PREFIX + secrets.token_urlsafe(32)
    token = AgentToken.objects.create(camera=camera, digest=digest_of(secret), hint=secret[:10], created_by=by)
    audit.record(action="camera.token.issued", actor=by, target=audit.target_of(camera))
    return token, secret


@transaction.atomic
def rotate(*, camera: Camera, by: User | None) -> tuple[AgentToken, str]:
    """Revoke all tokens of a camera and issue one in their place."""
    admit(user=by, camera=camera, least=Role.ADMIN)
    for token in AgentToken.objects.filter(camera=camera, revoked_at=None):
        revoke(token=token, by=by)
    return issue(camera=camera, by=by)


@transaction.atomic
def revoke(*, token: AgentToken, by: User | None) -> None:
    """A token opens nothing any more; the agent that came with it is shown out at once."""
    admit(user=by, camera=token.camera, least=Role.ADMIN)
    if AgentToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        audit.record(action="camera.token.revoked", actor=by, target=audit.target_of(token.camera))
        publish(SocketsClosed(topic=agent_topic(token.pk), code=codes.FORBIDDEN))
    token.refresh_from_db()


def find(secrets_shown: Sequence[str]) -> list[AgentToken | None]:
    """The valid token behind each secret, or None. One query."""
    digests = [digest_of(secret) for secret in secrets_shown]
    found = AgentToken.objects.valid().select_related("camera").filter(digest__in=set(digests))
    known = {token.digest: token for token in found}
    return [known.get(digest) for digest in digests]


def agent_topic(token_id: int) -> str:
    """The topic by which the sockets of a token are closed."""
    return f"agent:{token_id}"


def digest_of(secret: str) -> str:
    """SHA-256, in hexadecimal: what is hashed is 256 random bits, which need no slow hash."""
    return hashlib.sha256(secret[:_LONGEST].encode("utf-8", "replace")).hexdigest()
