"""What every page of a thesis shares: who looks, where it listens, and what its head shows."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from digi.accounts.models import User
from digi.accounts.requests import SignedInRequest
from digi.socket_urls import socket_url
from thesis.models import MemberRole, Thesis, ThesisMember
from thesis.services import access, entrance, receipts
from thesis.services.access import Standing
from thesis.services.entrance import Asked, Entrance
from thesis.services.theses import IN_THEIR_HANDS
from thesis.states import ACTIVE, Part


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the thesis, with every role they have."""

    user: User
    roles: list[ThesisMember]


def entered(request: SignedInRequest, thesis_id: UUID, *allowed: Part) -> tuple[Thesis, Standing]:
    """The thesis and what the person is to it. Raises `NotFound` to outsiders, `Forbidden` to those of other parts."""
    found = entrance.enter([Asked(request.user.pk, thesis_id)])[0]
    setattr(request, "entrance", found)  # noqa: B010 - read before anything that the page shows
    thesis = access.find(thesis_id, request.user)
    return thesis, access.admit(thesis, request.user, *allowed)


def framed(request: SignedInRequest, thesis: Thesis, standing: Standing) -> dict[str, Any]:
    """The context of every page of one thesis that was `entered`."""
    current = thesis.members.current().select_related("user__avatar").order_by("joined_at", "pk")
    members: list[ThesisMember] = list(current)
    return {
        "live": _live(request, thesis),
        "thesis": thesis,
        "standing": standing,
        "members": members,
        "people": grouped(members),
        "student_role": MemberRole.STUDENT,
        "receipts": list(receipts.of(thesis).select_related("transition")) if thesis.submitted_at else [],
        "supervises": standing.may(Part.SUPERVISOR),
        "coordinates": Part.COORDINATOR in standing.parts,
        "active": thesis.state in ACTIVE,
        "due_matters": thesis.state in IN_THEIR_HANDS,
    }


def grouped(members: list[ThesisMember]) -> list[Person]:
    """Each person once, in the order of their coming."""
    people: dict[int, Person] = {}
    for member in members:
        people.setdefault(member.user_id, Person(member.user, [])).roles.append(member)
    return list(people.values())


def _live(request: SignedInRequest, thesis: Thesis) -> dict[str, Any]:
    found: Entrance | None = getattr(request, "entrance", None)
    if found is None:
        raise access.unknown()
    return {
        "socket": socket_url(f"theses/{thesis.uuid}/"),
        "n": found.head,
        "stream": str(found.circle),
        "out": f"{reverse('home')}?out",
    }
