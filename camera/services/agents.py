"""Agents coming, reporting, being heard of, and going. One publishes at a time: the newest."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from camera import capabilities
from camera.models import AgentToken, Camera
from camera.services.telling import move


@transaction.atomic
def arrive(*, camera: Camera, token: AgentToken) -> int:
    """An agent is here and will publish; the number of its run, which ends all before it."""
    now = timezone.now()
    AgentToken.objects.filter(pk=token.pk).update(last_used_at=now)
    move(camera, run=F("run") + 1, online_since=now, seen_at=now, offline_since=None, offline_reason="")
    return camera.run


@transaction.atomic
def report(*, camera: Camera, able: dict[str, Any]) -> None:
    """Keep what the agent says the camera can do; what it knows and nobody has set is set to its default.

    What somebody sets at this very moment is kept: then it is looked at again.
    """
    camera.refresh_from_db()
    while camera.capabilities != able:
        desired = capabilities.defaults(able) | camera.desired
        if move(camera, only={"head": camera.head}, capabilities=able, desired=desired):
            return
        camera.refresh_from_db()


def stay(*, camera: Camera, run: int, token: AgentToken) -> bool:
    """The agent is still here; False where it may not be any more: taken over, revoked, retired."""
    if not AgentToken.objects.valid().filter(pk=token.pk).exists():
        return False
    return bool(Camera.objects.filter(pk=camera.pk, run=run).update(seen_at=timezone.now()))


@transaction.atomic
def leave(*, camera: Camera, run: int, reason: str) -> None:
    """The agent is gone; nothing happens where another has taken over."""
    only = {"run": run, "offline_since": None}
    move(camera, only=only, online_since=None, offline_since=timezone.now(), offline_reason=reason[:40])
