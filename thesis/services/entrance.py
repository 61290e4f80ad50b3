"""Who may follow a thesis by a socket, and what they have missed: read together for all who ask at one moment."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from digi.accounts.models import Affiliation, Role, User
from digi.audit import services as audit
from digi.realtime.following import Look
from thesis.models import Circle, Happening, Ledger, MemberRole, Thesis, ThesisMember
from thesis.models.people import parts_in
from thesis.services import happenings, presence
from thesis.services.access import Standing
from thesis.states import Part

PAGE = 200


class Asked(NamedTuple):
    """A person at the door of a thesis."""

    user_id: int
    thesis: UUID


class Following(NamedTuple):
    """What somebody follows, and the last number they have."""

    thesis: UUID
    circle: Circle
    since: int


@dataclass(frozen=True, slots=True)
class Entrance:
    """`outside` marks an administrator's look, which is audited and leaves no trace of presence."""

    circle: Circle
    head: int
    outside: bool
    present: frozenset[str]


def enter(asked: Sequence[Asked]) -> list[Entrance | None]:
    """How each may come in; None for who may not. A fixed number of queries."""
    uuids = {one.thesis for one in asked}
    theses = {thesis.uuid: thesis for thesis in Thesis.objects.filter(uuid__in=uuids).select_related("programme")}
    roles, people = _members(theses.values())
    offices = _offices({thesis.programme.department_id for thesis in theses.values()})
    supers = set(
        User.objects.filter(pk__in={one.user_id for one in asked}, is_superuser=True).values_list("pk", flat=True)
    )
    ledgers = {ledger.thesis_id: ledger for ledger in Ledger.objects.filter(thesis__in=list(theses.values()))}
    here = presence.marks.here(
        presence.Guest(uuid, user)
        for uuid, thesis in theses.items()
        for user in (*people[thesis.pk], *offices[thesis.programme.department_id])
    )

    def entrance(one: Asked) -> Entrance | None:
        thesis = theses.get(one.thesis)
        if thesis is None:
            return None
        mine, office = roles[thesis.pk, one.user_id], offices[thesis.programme.department_id]
        inside = bool(mine) or one.user_id in office
        if not inside and one.user_id not in supers:
            return None
        parts = parts_in(mine) | ({Part.COORDINATOR} if one.user_id in office or one.user_id in supers else set())
        circle = circle_of(Standing(frozenset(mine), frozenset(parts)))
        names = people[thesis.pk] | office
        present = frozenset(name for user, name in names.items() if presence.Guest(thesis.uuid, user) in here)
        ledger = ledgers.get(thesis.pk)
        return Entrance(circle, getattr(ledger, circle) if ledger else 0, not inside, present)

    return [entrance(one) for one in asked]


def circle_of(standing: Standing) -> Circle:
    """What somebody of this standing reads, as `discussion` lets them."""
    if standing.is_examiner:
        return Circle.EXAMINERS
    return Circle.STAFF if standing.is_staff else Circle.MEMBERS


def note_looks(asked: Sequence[Asked]) -> list[None]:
    """Write down that administrators who have nothing to do with the theses look at them."""
    for one in asked:
        user, thesis = User.objects.get(pk=one.user_id), Thesis.objects.get(uuid=one.thesis)
        audit.record(action="thesis.viewed", actor=user, target=audit.target_of(thesis))
    return [None for _ in asked]


def looks(asked: Sequence[Following]) -> list[Look]:
    """What has happened since, a page each."""
    return [_look(one) for one in asked]


def heads(topics: Sequence[str]) -> dict[str, int]:
    """The last number of each topic, for heartbeats."""
    named = {topic: topic.split(":")[1:] for topic in topics}
    ledgers = Ledger.objects.filter(thesis__uuid__in={uuid for uuid, _ in named.values()}).select_related("thesis")
    found = {str(ledger.thesis.uuid): ledger for ledger in ledgers}
    return {topic: getattr(found[uuid], circle) for topic, (uuid, circle) in named.items() if uuid in found}


def _look(one: Following) -> Look:
    after = {f"{one.circle}__gt": one.since}
    rows = list(Happening.objects.filter(thesis__uuid=one.thesis, **after).order_by(str(one.circle))[: PAGE + 1])
    told = [happenings.event(row, one.thesis, one.circle) for row in rows[:PAGE]]
    return Look(told, told[-1].n if told else one.since, len(rows) > PAGE)


def _members(
    theses: Iterable[Thesis],
) -> tuple[dict[tuple[int, int], set[MemberRole]], dict[int, dict[int, str]]]:
    """The roles by (thesis, person), and the people of each thesis by name."""
    roles: dict[tuple[int, int], set[MemberRole]] = defaultdict(set)
    people: dict[int, dict[int, str]] = defaultdict(dict)
    current = ThesisMember.objects.current().filter(thesis__in=list(theses))
    for thesis, user, role, name in current.values_list("thesis", "user", "role", "user__username"):
        roles[thesis, user].add(MemberRole(role))
        people[thesis][user] = name
    return roles, people


def _offices(departments: Collection[int]) -> dict[int, dict[int, str]]:
    """The coordinators of each department, by name."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = Affiliation.objects.filter(department__in=departments, role=Role.COORDINATOR)
    for department, user, name in rows.values_list("department", "user", "user__username"):
        found[department][user] = name
    return found
