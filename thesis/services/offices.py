"""Who is what in a department, as its coordinators say it."""

from django.db import transaction
from django.utils.translation import gettext as _

from digi.accounts import names
from digi.accounts.models import Affiliation, Department, Role, User
from digi.accounts.services import departments
from digi.errors import Conflict, Forbidden, Invalid, NotFound
from thesis.services import access
from thesis.states import Part


def find(slug: str, by: User) -> Department:
    """A department that the person coordinates. Raises `NotFound`, the same for missing and another's."""
    department = Department.objects.filter(slug=slug).first()
    if department is None or not access.coordinates(by, department):
        raise NotFound(_("There is no such department."))
    return department


def coordinated_by(user: User) -> list[Department]:
    """Those that the person coordinates; a superuser all, by name."""
    if user.is_superuser:
        return list(Department.objects.order_by("name"))
    offices = user.affiliations.filter(role=Role.COORDINATOR)
    return list(Department.objects.filter(pk__in=offices.values("department")).order_by("name"))


@transaction.atomic
def rename(*, department: Department, by: User, name: str) -> None:
    """Give the department another name; its short name stays, since addresses hold it."""
    _needs_coordinator(department, by)
    shown = names.visible(name)
    if not shown:
        raise Invalid(_("Write the department’s name."), code="no_name", field="name")
    if shown != department.name:
        departments.rename(department=department, name=shown, slug=department.slug, by=by)


@transaction.atomic
def give(*, department: Department, by: User, username: str, role: str) -> Affiliation:
    """Give somebody a role. Raises `Invalid` where nobody of this user name has an account."""
    _needs_coordinator(department, by)
    person = User.objects.present().filter(username=username.strip().lower()).first()
    if person is None:
        raise Invalid(_("There is nobody of this user name."), code="unknown_person", field="username")
    return departments.grant(user=person, department=department, role=role, by=by)


@transaction.atomic
def withdraw(*, department: Department, by: User, username: str, role: str) -> None:
    """Take a role from somebody who may not have it any more. What they take part in stays theirs.

    Raises `Conflict` for the last coordinator, unless a superuser does it.
    """
    _needs_coordinator(department, by)
    roles = Affiliation.objects.select_for_update().filter(department=department, role=role)
    found = roles.filter(user__username=username).select_related("user", "department").first()
    if found is None:
        return
    if role == Role.COORDINATOR and not by.is_superuser and not roles.exclude(pk=found.pk).exists():
        sentence = _("This is the department’s last coordinator; name another one first.")
        raise Conflict(sentence, code="last_coordinator")
    departments.revoke(affiliation=found, by=by)


def _needs_coordinator(department: Department, by: User) -> None:
    if not access.coordinates(by, department):
        raise Forbidden(access.only((Part.COORDINATOR,)), code="wrong_role")
