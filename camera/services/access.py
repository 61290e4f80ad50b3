"""Who may do what at a camera. Missing and forbidden are alike to outsiders."""

from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from camera.models import Camera, Grant, Role, Visibility
from digi.accounts.models import Affiliation, User
from digi.accounts.models import Role as Office
from digi.audit import services as audit
from digi.errors import Forbidden, NotFound

LOOK = 3600  # seconds for which one line of the audit speaks: pictures are fetched again and again
Asked = tuple[int, int]  # the keys of a person and of a camera


def role_of(*, user: User, camera: Camera) -> Role | None:
    """The person's role at the camera now; None for outsiders, and for everybody once it is retired."""
    return roles([(user.pk, camera.pk)])[0]


def roles(asked: Sequence[Asked]) -> list[Role | None]:
    """The role of each (person, camera). A fixed number of queries."""
    people = {user for user, _camera in asked}
    cameras = {one.pk: one for one in Camera.objects.in_service().filter(pk__in={camera for _user, camera in asked})}
    supers = set(User.objects.present().filter(pk__in=people).values_list("pk", "is_superuser"))
    granted = {
        (user, camera): Role(role)
        for user, camera, role in Grant.objects.filter(user__in=people).values_list("user_id", "camera_id", "role")
    }
    offices: dict[Asked, set[str]] = {}
    for user, department, office in Affiliation.objects.filter(user__in=people).values_list(
        "user_id", "department_id", "role"
    ):
        offices.setdefault((user, department), set()).add(office)
    return [
        _role(cameras.get(camera), dict(supers).get(user), granted.get((user, camera)), offices, user)
        for user, camera in asked
    ]


def _role(
    camera: Camera | None, superuser: bool | None, granted: Role | None, offices: dict[Asked, set[str]], user: int
) -> Role | None:
    if camera is None or superuser is None:
        return None
    own = offices.get((user, camera.department_id or 0), set())
    if superuser or Office.COORDINATOR in own:
        return Role.ADMIN
    seen = camera.visibility == Visibility.EVERYONE or (camera.visibility == Visibility.DEPARTMENT and own)
    return granted or (Role.VIEWER if seen else None)


def admit(*, user: User | None, camera: Camera, least: Role = Role.VIEWER) -> Role:
    """The person's role, if it is at least this; None as person is the server itself.

    Raises `NotFound` to outsiders and `Forbidden` to those whose role is a lesser one.
    """
    if user is None:
        return Role.ADMIN
    role = role_of(user=user, camera=camera)
    if role is None:
        raise unknown()
    if role.rank < least.rank:
        raise Forbidden(_("Your role at this camera does not allow this."), code="wrong_role", needs=least.value)
    return role


def find(*, slug: str, user: Any) -> Camera:
    """The camera, if the person may watch it. An administrator's look from outside is audited. Raises `NotFound`."""
    camera = Camera.objects.visible_to(user).select_related("department", "changed_by").filter(slug=slug).first()
    if camera is None:
        raise unknown()
    note_outside_look(camera, user)
    return camera


def note_outside_look(camera: Camera, user: User) -> None:
    """Write down that a superuser looks who could not watch without being one; once an hour for each camera."""
    if not user.is_superuser or Camera.objects.opened_to(user).filter(pk=camera.pk).exists():
        return
    if cache.add(f"camera.look:{user.pk}:{camera.pk}", 1, LOOK):
        audit.record(action="camera.viewed", actor=user, target=audit.target_of(camera))


def unknown() -> NotFound:
    return NotFound(_("There is no such camera."))
