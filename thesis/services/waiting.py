"""What stands still, for whom it waits, and since when: a fixed number of queries."""

from collections import defaultdict
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
from thesis.states import Part

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
    members: dict[int, list[tuple[int, MemberRole]]] = defaultdict(list)
    current = ThesisMember.objects.current().filter(thesis__in=[step.thesis_id for step in steps])
    for _, thesis, member, role in sorted(current.values_list("pk", "thesis", "user", "role")):
        members[thesis].append((member, MemberRole(role)))
    reports = Assessment.objects.filter(thesis__in=members.keys(), submitted_at__isnull=False)
    reported = set(reports.values_list("thesis", "examiner"))

    found = []
    for step in steps:
        people = members[step.thesis_id]
        late = [one for one, role in people if role in EXAMINING and (step.thesis_id, one) not in reported]
        required = step.thesis.programme.defence_required
        turn = turns.of_thesis(step.thesis.state, reports_missing=bool(late), defence_required=required)
        if turn is not None:
            asked = late if turn == Part.EXAMINER and late else [one for one, role in people if PARTS.get(role) == turn]
            found.append((step, turn, list(dict.fromkeys(asked))))
    found = sorted(found, key=lambda one: user.pk not in one[2])[:AT_MOST]
    shown = User.objects.select_related("avatar").in_bulk({person for _, _, asked in found for person in asked})
    return [
        Waiting(step.thesis, turn, [shown[person] for person in asked], user.pk in asked, step.at)
        for step, turn, asked in found
    ]


def applications(user: User) -> list[Waiting]:
    """Their own and those on which they decide, in the same order."""
    rows = Application.objects.open_of(user)
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
            found.append(Waiting(row, turn, asked, user in asked, since[row.pk]))
    return sorted(found, key=lambda one: not one.mine)


def _deciding(application: Application) -> list[User]:
    """As `applicants.owners`, from what is read already."""
    if application.supervisor is not None:
        return [application.supervisor]
    return sorted(application.topic.owners.all(), key=lambda owner: owner.pk) if application.topic else []
