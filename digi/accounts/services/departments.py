"""Departments, and who is what in them."""

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from digi.accounts.events import PersonChanged
from digi.accounts.models import Affiliation, Department, Role, User
from digi.audit import services as audit
from digi.errors import Conflict, Invalid
from digi.realtime.publish import publish, user_topic


@transaction.atomic
def create(*, name: str, slug: str = "", by: audit.Actor = None) -> Department:
    """Raises `Conflict` where the short name is taken."""
    slug = slug or slugify(name)
    if Department.objects.filter(slug=slug).exists():
        raise Conflict(_("There is a department of this short name already."), code="department_exists")

    department = Department.objects.create(name=name, slug=slug)
    audit.record(action="department.created", actor=by, target=f"department:{slug}")
    return department


@transaction.atomic
def rename(*, department: Department, name: str, slug: str, by: audit.Actor = None) -> None:
    """Raises `Conflict` where the short name is another department's."""
    if Department.objects.filter(slug=slug).exclude(pk=department.pk).exists():
        raise Conflict(_("There is a department of this short name already."), code="department_exists")

    department.name, department.slug = name, slug
    department.save(update_fields=["name", "slug"])
    audit.record(action="department.renamed", actor=by, target=f"department:{slug}")


@transaction.atomic
def grant(*, user: User, department: Department, role: str, by: audit.Actor = None) -> Affiliation:
    """Give a person a role in a department; giving it twice changes nothing."""
    if role not in Role.values:
        raise Invalid(_("There is no such role."), code="unknown_role")

    affiliation, created = Affiliation.objects.get_or_create(user=user, department=department, role=role)
    if created:
        _record("role.granted", affiliation, by)
    return affiliation


@transaction.atomic
def revoke(*, affiliation: Affiliation, by: audit.Actor = None) -> None:
    """Take a role away."""
    _record("role.revoked", affiliation, by)
    affiliation.delete()


def _record(action: str, affiliation: Affiliation, by: audit.Actor) -> None:
    details = {"department": affiliation.department.slug, "role": str(affiliation.role)}
    audit.record(action=action, actor=by, target=audit.target_of(affiliation.user), details=details)
    publish(PersonChanged(topic=user_topic(affiliation.user_id)))
