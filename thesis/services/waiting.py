"""What stands still, for whom it waits, and since when: a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, QuerySet

from digi.accounts.models import User
from thesis import turns
from thesis.models import (
    Application,
    ApplicationStep,
    Assessment,
    InterviewSlot,
    MemberRole,
    Thesis,
    ThesisMember,
    Transition,
)
from thesis.models.people import EXAMINING, PARTS
from thesis.states import OPEN, Part

AT_MOST = 50  # of theses, and of applications
LOOKED_AT = 200  # theses of one's own, those that stand still the longest


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that stands still until `people`, who play the part `turn`, go on; `mine`: the person is one."""

    subject: Thesis | Application
    turn: Part
    people: list[User]
    mine: bool
    since: datetime


def theses(user: User, mine: "QuerySet[ThesisMember]") -> list[Waiting]:
    """Those that wait for the person first, and of these the ones that stand still the longest."""
    moved = Transition.objects.filter(thesis__in=mine.values("thesis"), n=F("thesis__head"))
    steps = list(moved.select_related("thesis__programme").order_by("at", "pk")[:LOOKED_AT])
    members: dict[int, list[ThesisMember]] = defaultdict(list)
    current = ThesisMember.objects.current().filter(thesis__in=[step.thesis_id for step in steps])
    for member in current.select_related("user__avatar").order_by("pk"):
        members[member.thesis_id].append(member)
    reports = Assessment.objects.filter(thesis__in=members.keys(), submitted_at__isnull=False)
    reported = set(reports.values_list("thesis", "examiner"))

    found = []
    for step in steps:
        late = [one for one in members[step.thesis_id] if _owes_a_report(one, reported)]
        required = step.thesis.programme.defence_required
        turn = turns.of_thesis(step.thesis.state, reports_missing=bool(late), defence_required=required)
        if turn is not None:
            asked = late if turn == Part.EXAMINER and late else _playing(turn, members[step.thesis_id])
            found.append(_waiting(step.thesis, turn, [one.user for one in asked], user, step.at))
    return sorted(found, key=lambda one: not one.mine)[:AT_MOST]


def _owes_a_report(member: ThesisMember, reported: set[tuple[int, int]]) -> bool:
    return member.role in EXAMINING and (member.thesis_id, member.user_id) not in reported


def _playing(turn: Part, members: Iterable[ThesisMember]) -> list[ThesisMember]:
    return [one for one in members if PARTS.get(MemberRole(one.role)) == turn]


def applications(user: User) -> list[Waiting]:
    """Their own and those on which they decide, in the same order."""
    rows = Application.objects.filter(state__in=OPEN)
    rows = rows.filter(student=user) | rows.decided_by(user)
    moved = ApplicationStep.objects.filter(application__in=rows.values("pk"), n=F("application__head"))
    since = dict(moved.order_by("at", "pk").values_list("application", "at")[:AT_MOST])
    slots = InterviewSlot.objects.filter(application__in=since.keys(), picked=True)
    picked = set(slots.values_list("application", flat=True))
    owners = Prefetch("topic__owners", User.objects.select_related("avatar"))
    shown = rows.filter(pk__in=since.keys()).select_related("student__avatar", "supervisor__avatar", "topic")

    found = []
    for row in sorted(shown.prefetch_related(owners), key=lambda one: since[one.pk]):
        turn = turns.of_application(row.state, picked=row.pk in picked)
        if turn is not None:
            asked = [row.student] if turn == Part.STUDENT else _deciding(row)
            found.append(_waiting(row, turn, asked, user, since[row.pk]))
    return sorted(found, key=lambda one: not one.mine)


def _deciding(application: Application) -> list[User]:
    """As `applicants.owners`, from what is read already."""
    if application.supervisor is not None:
        return [application.supervisor]
    return sorted(application.topic.owners.all(), key=lambda owner: owner.pk) if application.topic else []


def _waiting(subject: Thesis | Application, turn: Part, people: list[User], user: User, since: datetime) -> Waiting:
    unique = list({one.pk: one for one in people}.values())
    return Waiting(subject, turn, unique, user.pk in {one.pk for one in unique}, since)
