"""Who plays what part in an application. Missing and forbidden are alike to those who play none."""

from uuid import UUID

from django.utils.translation import gettext as _

from digi.accounts.models import Role, User
from digi.errors import Forbidden, NotFound
from thesis.models import Application, Programme
from thesis.services import access
from thesis.states import ApplicationState, Part


def find(uuid: UUID, by: User) -> Application:
    """The application, if the person has a part in it."""
    found = Application.objects.visible_to(by).select_related("programme__department", "topic").filter(uuid=uuid)
    application = found.first()
    if application is None:
        raise unknown()
    return application


def owners(application: Application) -> list[User]:
    """Who decides: the topic's owners, or the supervisor asked."""
    if application.supervisor is not None:
        return [application.supervisor]
    return list(application.topic.owners.order_by("pk")) if application.topic else []


def supervisors(application: Application) -> list[User]:
    """Those of who decides that can supervise the student's thesis now, whoever made the offer first."""
    offer = application.steps.filter(to_state=ApplicationState.OFFERED).order_by("n").last()
    able = (
        User.objects.present()
        .exclude(pk=application.student_id)
        .filter(
            pk__in=[owner.pk for owner in owners(application)],
            affiliations__department=application.programme.department_id,
            affiliations__role=Role.SUPERVISOR,
        )
    )
    return sorted(able.order_by("pk"), key=lambda user: offer is None or user.pk != offer.actor_id)


def parts_of(application: Application, user: User | None) -> set[Part]:
    """The parts that somebody plays in an application; raises `NotFound` for who plays none.

    Nobody decides on their own application, even where the topic was made theirs later.
    """
    if user is None:
        return {Part.WORKER}
    parts = set()
    owned = application.topic is not None and application.topic.owners.filter(pk=user.pk).exists()
    if application.student_id == user.pk:
        parts.add(Part.STUDENT)
    elif owned or application.supervisor_id == user.pk:
        parts.add(Part.OWNER)
    if access.coordinates(user, application.programme.department_id):
        parts.add(Part.COORDINATOR)
    if not parts:
        raise unknown()
    return parts


def needs_student(by: User, programme: Programme) -> None:
    """Only students of the department apply."""
    if not by.affiliations.filter(department=programme.department_id).exists():
        raise NotFound(_("There is no such topic."))
    if not access.has_role(by, programme.department_id, Role.STUDENT):
        raise Forbidden(_("Only students of the department apply."), code="wrong_role")


def needs_student_somewhere(by: User) -> None:
    """A title of one's own is for students of any department."""
    if not by.affiliations.filter(role=Role.STUDENT).exists():
        raise Forbidden(_("Only students of the department apply."), code="wrong_role")


def unknown() -> NotFound:
    return NotFound(_("There is no such application."))
