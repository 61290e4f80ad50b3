"""A big department: thousands of theses in one go, with people, histories whose chains hold, and milestones."""

import random
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from digi import sql
from digi.accounts.models import Affiliation, Department, Role, User
from thesis import days
from thesis.models import Kind, MemberRole, Milestone, Programme, Thesis, ThesisMember, Topic, Transition
from thesis.services import history
from thesis.states import State

BATCH = 500
SUPERVISORS, EXAMINERS = 120, 60
WAY = (
    State.DRAFT,
    State.WRITING,
    State.SUBMITTED,
    State.UNDER_REVIEW,
    State.GRADED,
    State.COMPLETED,
    State.ARCHIVED,
)
FIRST = ("Adaptive", "Bounded", "Private", "Verified", "Live", "Accessible", "Incremental", "Robust", "Lazy", "Fair")
SECOND = ("scheduling", "rendering", "replication", "search", "streaming", "annotation", "sampling", "caching")
THIRD = ("browsers", "sensor networks", "lecture halls", "large archives", "embedded systems", "shared editors")


def settle(count: int, department: Department) -> int:
    """Fill the department up to so many theses; how many were made. The same ones each time."""
    dice = random.Random(20260312)  # noqa: S311 - a demo's dice
    programme, _ = Programme.objects.get_or_create(department=department, name="Crowd")
    there = Thesis.objects.filter(programme=programme).count()
    staff = _people(department, "supervisor", SUPERVISORS, Role.SUPERVISOR)
    examiners = _people(department, "examiner", EXAMINERS, Role.EXAMINER)
    students = _people(department, "student", max(count, there), Role.STUDENT)
    _topics(programme, staff)
    for start in range(there, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        with transaction.atomic():
            _some(numbers, programme, dice, staff, examiners, students)
    return max(0, count - there)


def _some(
    numbers: range,
    programme: Programme,
    dice: random.Random,
    staff: list[User],
    examiners: list[User],
    students: list[User],
) -> None:
    theses = [_thesis(n, programme, dice) for n in numbers]
    supervisors = [dice.choice(staff) for _ in numbers]
    ways = [_way(thesis, by) for thesis, by in zip(theses, supervisors, strict=True)]
    sql.create(theses, at_once=100)
    Transition.objects.bulk_create([step for way in ways for step in way], batch_size=100)
    members = []
    for n, thesis, supervisor in zip(numbers, theses, supervisors, strict=True):
        roles = {MemberRole.STUDENT: students[n], MemberRole.SUPERVISOR: supervisor}
        roles[MemberRole.EXAMINER] = dice.choice(examiners)
        members += [ThesisMember(thesis=thesis, user=user, role=role) for role, user in roles.items()]
    ThesisMember.objects.bulk_create(members, batch_size=100)
    Milestone.objects.bulk_create([one for thesis in theses for one in _milestones(thesis, dice)], batch_size=100)


def _thesis(n: int, programme: Programme, dice: random.Random) -> Thesis:
    start = days.today() - timedelta(days=dice.randrange(0, 1500))
    title = f"{dice.choice(FIRST)} {dice.choice(SECOND)} for {dice.choice(THIRD)}, part {n + 1}"
    return Thesis(
        programme=programme,
        title=title,
        abstract="What is measured, and what follows from it.",
        kind=dice.choice(Kind.values),
        state=dice.choice(WAY),
        start_on=start,
        due_on=start + timedelta(days=180),
        visibility=dice.choice(("private", "internal", "public")),
    )


def _way(thesis: Thesis, by: User) -> Iterator[Transition]:
    """Every step from the draft to where the thesis stands; sets the end of its chain."""
    steps: list[Transition] = []
    began = timezone.now() - timedelta(days=200)
    for n, (before, state) in enumerate(zip(("", *WAY), WAY, strict=False), start=1):
        step = Transition(thesis=thesis, n=n, from_state=before, to_state=state, actor=by)
        step.at = began + timedelta(days=20 * n)
        step.hash = history.link(thesis.head_hash, subject=str(thesis.uuid), step=step, actor=str(by.uuid))
        thesis.head, thesis.head_hash = n, step.hash
        steps.append(step)
        if state == thesis.state:
            break
    return iter(steps)


def _milestones(thesis: Thesis, dice: random.Random) -> list[Milestone]:
    done = dice.randrange(0, 4)
    titles = ("Related work", "Prototype", "Measurements")
    at = timezone.now()
    return [
        Milestone(thesis=thesis, title=title, due_on=thesis.due_on, done_at=at if n < done else None)
        for n, title in enumerate(titles)
    ]


def _people(department: Department, name: str, count: int, role: Role) -> list[User]:
    """So many people of one role; nobody can sign in as one of them."""
    names = [f"crowd-{name}-{n}" for n in range(1, count + 1)]
    known = set(User.objects.filter(username__startswith=f"crowd-{name}-").values_list("username", flat=True))
    fresh = [
        User(username=one, display_name=f"{name.title()} {one.rpartition('-')[2]}", password="!")  # noqa: S106 - fits none
        for one in names
        if one not in known
    ]
    for start in range(0, len(fresh), BATCH):
        with transaction.atomic():
            made = sql.create(fresh[start : start + BATCH], at_once=100)
            rows = [Affiliation(user=user, department=department, role=role) for user in made]
            Affiliation.objects.bulk_create(rows, batch_size=100)
    people = User.objects.filter(username__startswith=f"crowd-{name}-").order_by("pk")
    return list(people[:count])


def _topics(programme: Programme, staff: list[User]) -> None:
    if Topic.objects.filter(programme=programme).exists():
        return
    made = sql.create(
        [
            Topic(programme=programme, title=f"{one} {two}", state="open", tags=f",{two},")
            for one in FIRST
            for two in SECOND
        ],
        at_once=100,
    )
    owners = Topic.owners.through
    owners.objects.bulk_create(
        [owners(topic=topic, user=staff[n % len(staff)]) for n, topic in enumerate(made)], batch_size=100
    )
