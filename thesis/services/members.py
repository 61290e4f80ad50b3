"""Who belongs to a thesis: coming, leaving, handing over."""

from collections.abc import Iterable
from datetime import date
from itertools import product

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.services import rooms
from digi.accounts.models import Role, User
from digi.audit import services as audit
from digi.errors import Conflict, Invalid, NotFound
from digi.notifications.services import withdraw
from thesis import days
from thesis.models import MemberRole, Thesis, ThesisMember
from thesis.models.people import EXAMINING, SUPERVISING
from thesis.services import access, happenings, telling
from thesis.services.locking import lock
from thesis.states import Part, State

TALKING = (MemberRole.SUPERVISOR, MemberRole.CO_SUPERVISOR)  # who gets a room with each student
AT_MOST = 50  # people of one thesis


@transaction.atomic
def add(*, thesis: Thesis, user: User, role: str, by: User, until: date | None = None) -> ThesisMember:
    """Bring somebody in, or back in. Giving a role twice changes nothing but a deputy's last day.

    Each student and each supervisor of a thesis have a chat room. Raises `Invalid` where the role does not fit.
    """
    thesis = lock(thesis)
    access.admit(thesis, by, Part.SUPERVISOR)
    _check(thesis, user, role, until)
    return _join(thesis, user, role, by, until)


@transaction.atomic
def bring_in(*, thesis: Thesis, people: Iterable[tuple[User, MemberRole]], by: User) -> None:
    """The first members of a new thesis, whose application was accepted."""
    for user, role in people:
        _join(thesis, user, role, by, None, tell=False)


@transaction.atomic
def remove(*, thesis: Thesis, member: ThesisMember, by: User) -> None:
    """Take a role away: the person sees the workspace no more, unless another role stays.

    Supervisors decide; everybody may leave by themselves but the last student and the last supervisor.
    """
    thesis, member = lock(thesis), lock(member)
    leaves = member.user_id == by.pk
    access.admit(thesis, by, *(() if leaves else (Part.SUPERVISOR,)))
    if member.thesis_id != thesis.pk or member.left_at is not None:
        raise NotFound(_("There is no such member."))
    if member.role in (MemberRole.STUDENT, MemberRole.SUPERVISOR) and thesis.state != State.DRAFT:
        others = ThesisMember.objects.current().filter(thesis=thesis, role=member.role).exclude(pk=member.pk)
        if not others.exists():
            raise Conflict(_("The thesis would be left without one; bring in another one first."), code="last_one")

    _changed(thesis)
    _record("thesis.member_left", thesis, member, by)
    _leave(thesis, member)
    telling.member_left(thesis, member, by=by)


@transaction.atomic
def hand_over(*, thesis: Thesis, to: User, by: User, version: int | None = None) -> ThesisMember:
    """Give the thesis to another supervisor: they come in, the supervisor until now goes.

    The supervisor does it, or a coordinator, who names nobody to be replaced where there is no supervisor at all.
    """
    thesis = lock(thesis, version)
    access.admit(thesis, by, Part.SUPERVISOR)
    _check(thesis, to, MemberRole.SUPERVISOR, None)
    current = list(ThesisMember.objects.current().filter(thesis=thesis, role=MemberRole.SUPERVISOR))
    if any(member.user_id == to.pk for member in current):
        raise Conflict(_("This person supervises the thesis already."), code="supervises_already")

    member = _join(thesis, to, MemberRole.SUPERVISOR, by, None, tell=False)
    for former in current:
        _record("thesis.member_left", thesis, former, by)
        _leave(thesis, former)
    telling.handed_over(thesis, member, by=by)
    return member


@transaction.atomic
def let_go(*, member: ThesisMember) -> None:
    """What the worker does to a deputy whose last day has passed, unless they were given more a moment ago."""
    thesis, member = lock(member.thesis), lock(member)
    if ThesisMember.objects.over().filter(pk=member.pk).exists():
        _changed(thesis)
        _record("thesis.member_left", thesis, member, None)
        _leave(thesis, member)


def _check(thesis: Thesis, user: User, role: str, until: date | None) -> None:
    if role not in MemberRole.values:
        raise Invalid(_("There is no such role."), code="unknown_role", field="role")
    if thesis.state in (State.ARCHIVED, State.WITHDRAWN):
        raise Conflict(_("The thesis is closed; nothing is changed any more."), code="closed")
    if not user.is_active or user.anonymised_at is not None:
        raise NotFound(_("There is nobody of this name."), code="unknown_person")
    if (until is not None) != (role == MemberRole.DEPUTY):
        raise Invalid(_("A deputy, and nobody else, has a last day."), code="until", field="until")
    if until is not None and until < days.today():
        raise Invalid(_("The last day lies behind."), code="date_passed", field="until")

    department = thesis.programme.department_id
    if role in SUPERVISING and not access.has_role(user, department, Role.SUPERVISOR):
        raise Invalid(_("This person is no supervisor of the department."), code="no_supervisor", field="user")
    held = set(ThesisMember.objects.current().filter(thesis=thesis, user=user).values_list("role", flat=True))
    if (role == MemberRole.STUDENT and held - {role}) or (role != MemberRole.STUDENT and MemberRole.STUDENT in held):
        raise Invalid(_("Nobody is a student and something else of one thesis."), code="two_sides", field="role")
    if role in EXAMINING and held.intersection(EXAMINING) - {role}:
        raise Invalid(_("The two examiners are two people."), code="same_examiner", field="user")
    if ThesisMember.objects.current().filter(thesis=thesis).count() >= AT_MOST:
        raise Conflict(_("No more people fit into one thesis."), code="full", limit=AT_MOST)


def _join(thesis: Thesis, user: User, role: str, by: User, until: date | None, *, tell: bool = True) -> ThesisMember:
    member, created = ThesisMember.objects.get_or_create(thesis=thesis, user=user, role=role, defaults={"until": until})
    was_here = not created and member.left_at is None and (member.until is None or member.until >= days.today())
    if not created:
        member.left_at, member.until = None, until
        member.save(update_fields=["left_at", "until"])
    if was_here:
        return member

    _changed(thesis)
    _record("thesis.member_joined", thesis, member, by)
    happenings.record(thesis, "member.joined", member.uuid)
    happenings.let_go(thesis, user)
    _open_rooms(thesis, member)
    if tell:
        telling.member_joined(thesis, member, by=by)
    return member


def _leave(thesis: Thesis, member: ThesisMember) -> None:
    """What the person was told of the thesis goes with the last role, too."""
    member.left_at = timezone.now()
    member.save(update_fields=["left_at"])
    happenings.record(thesis, "member.left", member.uuid)
    happenings.let_go(thesis, member.user)
    if not access.standing(thesis, member.user).is_inside:
        withdraw(target=f"thesis:{thesis.uuid}", users=[member.user])


def _open_rooms(thesis: Thesis, member: ThesisMember) -> None:
    """A room for each pair of a student and a supervisor that the newcomer completes; none with who has no account."""
    present = ThesisMember.objects.current().filter(thesis=thesis, user__in=User.objects.present())
    current = list(present.select_related("user"))
    students = [other.user for other in current if other.role == MemberRole.STUDENT]
    supervisors = [other.user for other in current if other.role in TALKING]
    for student, supervisor in product(students, supervisors):
        if member.user_id in (student.pk, supervisor.pk) and student.pk != supervisor.pk:
            rooms.open_pair(by=supervisor, other=student)


def _changed(thesis: Thesis) -> None:
    thesis.version += 1
    thesis.save(update_fields=["version", "changed_at"])


def _record(action: str, thesis: Thesis, member: ThesisMember, by: User | None) -> None:
    details = {"member": audit.target_of(member.user), "role": str(member.role)}
    audit.record(action=action, actor=by, target=audit.target_of(thesis), details=details)
