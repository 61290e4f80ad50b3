"""Which comments are new to a person: those that they were told of and have not read about yet."""

from collections.abc import Iterable
from uuid import UUID

from digi.accounts.models import User
from digi.notifications.models import Notification, Occurrence
from digi.notifications.services import states
from thesis.models import Comment, Thesis


def unread(comments: Iterable[Comment], user: User) -> set[UUID]:
    """The ids of those that are new to the person; one query."""
    keys = {f"comment:{comment.uuid}": comment.uuid for comment in comments}
    told = Occurrence.objects.filter(user=user, key__in=list(keys), notification__read_at=None)
    return {keys[key] for key in told.filter(notification__done_at=None).values_list("key", flat=True) if key}


def read(*, thesis: Thesis, user: User) -> None:
    """The person has read every comment on the thesis."""
    about = Notification.objects.of(user).unread().filter(kind="thesis.comment", target=f"thesis:{thesis.uuid}")
    numbers = list(about.values_list("number", flat=True)[: states.AT_MOST])
    if numbers:
        states.read(user=user, numbers=numbers)
