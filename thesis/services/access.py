"""Who plays what part in a thesis, and what is refused to whom. Missing and forbidden are alike to outsiders."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from digi.accounts.models import Department, Role, User
from digi.audit import services as audit
from digi.errors import Forbidden, NotFound
from thesis.models import MemberRole, Thesis, ThesisMember
from thesis.models.people import parts_in
from thesis.states import Part


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is to a thesis: their roles as a member, and the parts these and their offices play."""

    roles: frozenset[str]
    parts: frozenset[Part]

    @property
    def is_inside(self) -> bool:
        """May this person see the whole workspace?"""
        return bool(self.roles) or Part.COORDINATOR in self.parts

    @property
    def is_staff(self) -> bool:
        return bool(self.parts & {Part.SUPERVISOR, Part.EXAMINER, Part.COORDINATOR})

    @property
    def is_examiner(self) -> bool:
        return bool(self.parts & {Part.EXAMINER, Part.COORDINATOR})

    def may(self, *allowed: Part) -> bool:
        """Does one of these parts fit, or a coordinator's office?"""
        return bool(self.parts & {*allowed, Part.COORDINATOR})


WORKER = Standing(frozenset(), frozenset({Part.WORKER}))


def standing(thesis: Thesis, user: User | None) -> Standing:
    """What the person is to the thesis now; None is the server itself."""
    if user is None:
        return WORKER
    roles = frozenset(ThesisMember.objects.current().filter(thesis=thesis, user=user).values_list("role", flat=True))
    parts = parts_in(MemberRole(role) for role in roles)
    if coordinates(user, thesis.programme.department_id):
        parts.add(Part.COORDINATOR)
    return Standing(roles, frozenset(parts))


def coordinates(user: User, department: Department | int) -> bool:
    return user.is_superuser or has_role(user, department, Role.COORDINATOR)


def has_role(user: User, department: Department | int, *roles: Role) -> bool:
    return user.affiliations.filter(department=department, role__in=roles).exists()


def admit(thesis: Thesis, user: User | None, *allowed: Part) -> Standing:
    """The person's standing, if one of these parts is theirs; with none named every member's is enough.

    Raises `NotFound` to outsiders and `Forbidden` to members who play another part.
    """
    found = standing(thesis, user)
    if user is not None and not found.is_inside:
        raise unknown()
    if allowed and user is not None and not found.may(*allowed):
        raise Forbidden(only(allowed), code="wrong_role")
    return found


def find(uuid: UUID, by: User) -> Thesis:
    """The thesis whose workspace is open to the person. An administrator's look from outside is audited."""
    thesis = Thesis.objects.worked_on_by(by).select_related("programme__department").filter(uuid=uuid).first()
    if thesis is None:
        raise unknown()
    note_outside_look(thesis, by)
    return thesis


def note_outside_look(thesis: Thesis, by: User) -> None:
    """Write down that a superuser who has nothing to do with the thesis has opened it."""
    if by.is_superuser and not standing_without_office(thesis, by):
        audit.record(action="thesis.viewed", actor=by, target=audit.target_of(thesis))


def standing_without_office(thesis: Thesis, user: User) -> bool:
    member = ThesisMember.objects.current().filter(thesis=thesis, user=user).exists()
    return member or has_role(user, thesis.programme.department_id, Role.COORDINATOR)


def unknown() -> NotFound:
    return NotFound(_("There is no such thesis."))


def only(allowed: Iterable[Part]) -> str:
    return _("Only %(who)s may do this.") % {"who": _(" or ").join(str(part.label) for part in allowed)}
