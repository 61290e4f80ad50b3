"""Topics: offered, changed, opened and closed, and who hears of them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from digi.accounts import names
from digi.accounts.models import Role, User
from digi.audit import services as audit
from digi.errors import Conflict, Forbidden, Invalid, NotFound
from thesis import days
from thesis.models import Kind, Programme, Topic, TopicState, TopicSubscription
from thesis.models.topics import as_words
from thesis.services import access, telling
from thesis.services.locking import change as change_row
from thesis.services.locking import keep, lock

FIELDS = frozenset({"title", "body", "requirements", "kinds", "tags", "capacity", "deadline"})
STEPS = {
    (TopicState.DRAFT, TopicState.OPEN),
    (TopicState.OPEN, TopicState.CLOSED),
    (TopicState.FILLED, TopicState.CLOSED),
    (TopicState.CLOSED, TopicState.OPEN),
}


def find(uuid: UUID, by: User) -> Topic:
    """The topic, if the person may see it."""
    topic = Topic.objects.visible_to(by).select_related("programme__department").filter(uuid=uuid).first()
    if topic is None:
        raise _unknown()
    return topic


def owns(topic: Topic, user: User) -> bool:
    """Does the person decide about the topic: as one of its owners, or as a coordinator?"""
    owned = topic.owners.filter(pk=user.pk).exists()
    return owned or access.coordinates(user, topic.programme.department_id)


@transaction.atomic
def create(*, programme: Programme, by: User, owners: Iterable[User] = (), **values: Any) -> Topic:
    """A draft, offered by whoever makes it and by the other owners, all of them supervisors of the department.

    `kinds` and `tags` are lists of words.
    """
    if not access.has_role(by, programme.department_id, Role.SUPERVISOR, Role.COORDINATOR) and not by.is_superuser:
        raise Forbidden(_("Only supervisors of the department offer topics."), code="wrong_role")

    topic = Topic(programme=programme, **_checked(values))
    topic.save(force_insert=True)
    everybody = {user.pk: user for user in (by, *owners)}
    for user in everybody.values():
        _needs_supervisor(user, programme, known={by.pk})
    topic.owners.set(everybody.values())
    audit.record(action="topic.created", actor=by, target=audit.target_of(topic))
    return topic


@transaction.atomic
def change(*, topic: Topic, by: User, version: int | None = None, **changes: Any) -> Topic:
    """Change what a topic says."""
    topic = _locked(topic, by, version)
    changed = change_row(topic, _checked(changes))
    if changed:
        topic.save(update_fields=["search_text"])
        audit.record(
            action="topic.changed", actor=by, target=audit.target_of(topic), details={"changed": sorted(changed)}
        )
    if topic.state == TopicState.FILLED and topic.capacity > taken(topic):
        change_row(topic, {"state": TopicState.OPEN})
    return topic


@transaction.atomic
def move(*, topic: Topic, to: str, by: User, version: int | None = None) -> Topic:
    """Open a draft or a closed topic, or close one. Opening tells whoever has subscribed."""
    topic = _locked(topic, by, version)
    if (topic.state, to) not in STEPS:
        raise Conflict(_("A topic cannot go there from where it stands."), code="no_such_step")
    if to == TopicState.OPEN and topic.capacity <= taken(topic):
        to = TopicState.FILLED

    change_row(topic, {"state": to})
    audit.record(action="topic.moved", actor=by, target=audit.target_of(topic), details={"to": str(to)})
    if to == TopicState.OPEN:
        telling.topic_opened(topic, subscribers(topic), by=by)
    return topic


def closed_because(topic: Topic) -> Conflict | None:
    """Why nobody applies for the topic now; None where somebody may."""
    if topic.state != TopicState.OPEN:
        return Conflict(_("The topic is not open."), code="topic_not_open")
    if topic.deadline is not None and days.today() > topic.deadline:
        return Conflict(_("The deadline of the topic has passed."), code="deadline_passed")
    if taken(topic) >= topic.capacity:
        return Conflict(_("Every place of this topic is taken."), code="topic_full")
    return None


@transaction.atomic
def rewrite(*, topic: Topic, by: User, owners: Iterable[User], version: int | None = None, **changes: Any) -> Topic:
    """Change what a topic says and whose it is, both or neither."""
    topic = change(topic=topic, by=by, version=version, **changes)
    return give(topic=topic, by=by, owners=owners)


@transaction.atomic
def give(*, topic: Topic, by: User, owners: Iterable[User]) -> Topic:
    """Say who decides about the topic: supervisors of its department, at least one."""
    topic = _locked(topic, by, None)
    wanted, before = {user.pk: user for user in owners}, set(topic.owners.values_list("pk", flat=True))
    if not wanted:
        raise Invalid(_("A topic has at least one owner."), code="no_owner", field="owners")
    for user in wanted.values():
        _needs_supervisor(user, topic.programme, known=before)

    if set(wanted) != before:
        topic.owners.set(wanted.values())
        keep(topic)
        details = {"owners": sorted(str(user.uuid) for user in wanted.values())}
        audit.record(action="topic.given", actor=by, target=audit.target_of(topic), details=details)
    return topic


def taken(topic: Topic) -> int:
    """How many places are taken for good."""
    return topic.applications.filter(state="accepted").count()


def subscribers(topic: Topic) -> list[User]:
    """Who asked to hear of such topics and still belongs to the department."""
    wanted = TopicSubscription.objects.filter(programme=topic.programme, tag__in=["", *topic.tag_list])
    people = User.objects.present().filter(topic_subscriptions__in=wanted)
    return list(people.filter(affiliations__department=topic.programme.department_id).distinct())


@transaction.atomic
def subscribe(*, programme: Programme, by: User, tag: str = "") -> TopicSubscription:
    """Hear of every topic that opens in a programme, or of those with a tag; asking twice changes nothing."""
    if not Programme.objects.visible_to(by).filter(pk=programme.pk).exists():
        raise NotFound(_("There is no such programme."))
    (word,) = _words([tag]) or [""]
    subscription, _created = TopicSubscription.objects.get_or_create(user=by, programme=programme, tag=word)
    return subscription


@transaction.atomic
def unsubscribe(*, subscription: TopicSubscription, by: User) -> None:
    if subscription.user_id != by.pk:
        raise NotFound(_("There is no such subscription."))
    subscription.delete()


def _needs_supervisor(user: User, programme: Programme, *, known: set[int]) -> None:
    if user.pk not in known and not access.has_role(user, programme.department_id, Role.SUPERVISOR):
        raise Invalid(_("This person is no supervisor of the department."), code="no_supervisor", field="owners")


def _locked(topic: Topic, by: User, version: int | None) -> Topic:
    topic = lock(topic, version)
    if not owns(topic, by):
        if not Topic.objects.visible_to(by).filter(pk=topic.pk).exists():
            raise _unknown()
        raise Forbidden(_("Only an owner of the topic may do this."), code="wrong_role")
    return topic


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The values as columns keep them; raises `Invalid` for what cannot be kept."""
    if unknown := set(values) - FIELDS:
        raise Invalid(_("This cannot be changed here."), code="unknown_field", fields=sorted(unknown))
    if "title" in values and not names.visible(values["title"]):
        raise Invalid(_("A topic needs a title."), code="title_missing", field="title")
    if values.get("capacity", 1) < 1:
        raise Invalid(_("A topic has at least one place."), code="no_places", field="capacity")
    kept = dict(values)
    if "kinds" in values:
        if unknown := set(values["kinds"]) - set(Kind.values):
            raise Invalid(_("There is no such kind of thesis."), code="unknown_kind", kinds=sorted(unknown))
        kept["kinds"] = as_words(sorted(set(values["kinds"])))
    if "tags" in values:
        kept["tags"] = as_words(_words(values["tags"]))
        if len(kept["tags"]) > 600:
            raise Invalid(_("These are too many tags."), code="too_many_tags", field="tags")
    return kept


def _words(tags: Iterable[str]) -> list[str]:
    """Tags in one spelling: lower case, without commas, each once, in their order."""
    words = (" ".join(tag.replace(",", " ").lower().split())[:40].strip() for tag in tags)
    return list(dict.fromkeys(word for word in words if word))


def _unknown() -> NotFound:
    return NotFound(_("There is no such topic."))
