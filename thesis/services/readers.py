"""Who of several people may read something: what notifications and mentions ask before they tell anybody."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from digi.accounts.models import Affiliation, Role, User
from thesis.models import Application, Thesis, ThesisMember, Thread, ThreadVisibility, Topic, TopicState
from thesis.models.people import EXAMINING, SUPERVISING


def of_thesis(name: str, user_ids: Collection[int]) -> set[int]:
    """Members and coordinators: those to whom the workspace is open."""
    thesis = Thesis.objects.select_related("programme").filter(uuid=_uuid(name)).first()
    return within(thesis, user_ids) if thesis else set()


def of_thread(name: str, user_ids: Collection[int]) -> set[int]:
    thread = Thread.objects.select_related("thesis__programme").filter(uuid=_uuid(name)).first()
    return within(thread.thesis, user_ids, thread.visibility) if thread else set()


def within(thesis: Thesis, user_ids: Collection[int], visibility: str = ThreadVisibility.ALL) -> set[int]:
    """Those of these people who may read what a thesis's members may, as far as the visibility goes."""
    members = ThesisMember.objects.current().filter(thesis=thesis, user__in=user_ids)
    if visibility == ThreadVisibility.STAFF:
        members = members.filter(role__in=(*SUPERVISING, *EXAMINING))
    elif visibility == ThreadVisibility.EXAMINERS:
        members = members.filter(role__in=EXAMINING)
    return set(members.values_list("user", flat=True)) | _offices(thesis.programme.department_id, user_ids)


def of_application(name: str, user_ids: Collection[int]) -> set[int]:
    application = Application.objects.select_related("programme", "topic").filter(uuid=_uuid(name)).first()
    if application is None:
        return set()
    own = {application.student_id, application.supervisor_id or 0}
    if application.topic is not None:
        own |= set(application.topic.owners.values_list("pk", flat=True))
    return own.intersection(user_ids) | _offices(application.programme.department_id, user_ids)


def of_topic(name: str, user_ids: Collection[int]) -> set[int]:
    topic = Topic.objects.select_related("programme").filter(uuid=_uuid(name)).first()
    if topic is None:
        return set()
    owners = set(topic.owners.filter(pk__in=user_ids).values_list("pk", flat=True))
    department = topic.programme.department_id
    if topic.state == TopicState.DRAFT:
        return owners | _offices(department, user_ids)
    belonging = Affiliation.objects.filter(department=department, user__in=user_ids)
    return owners | _offices(department, user_ids) | set(belonging.values_list("user", flat=True))


def _offices(department: int, user_ids: Collection[int]) -> set[int]:
    """The department's coordinators and the superusers among them."""
    coordinates = Q(affiliations__department=department, affiliations__role=Role.COORDINATOR)
    people = User.objects.present().filter(coordinates | Q(is_superuser=True), pk__in=user_ids)
    return set(people.values_list("pk", flat=True))


def _uuid(name: str) -> UUID:
    return UUID(name.partition(":")[2])
