"""What a person is in: theses, topics, lists, and reviewers they invited."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from digi.accounts.holdings import Holding
from digi.accounts.models import User
from digi.accounts.services.belongings import columns
from thesis.models import Invitation, SavedView, ThesisMember, Topic, TopicSubscription
from thesis.services.holdings.shapes import RETENTION, SHARED, of, open_to


def parts() -> Iterable[Holding]:
    yield Holding(
        name="theses/theses",
        label=_("Theses you take or took part in"),
        rows=_members,
        shown=_parts_shown,
        why=RETENTION,
    )
    yield Holding(
        name="theses/topics",
        label=_("Topics you offer"),
        rows=lambda user: Topic.objects.filter(pk__in=Topic.owners.through.objects.filter(user=user).values("topic")),
        shown=columns("uuid", "title", "state", "created_at"),
        why=SHARED,
    )
    yield Holding(
        name="theses/subscriptions",
        label=_("New topics you want to hear of"),
        rows=lambda user: TopicSubscription.objects.filter(user=user).select_related("programme"),
        shown=columns("programme.name", "tag"),
    )
    yield Holding(
        name="theses/views",
        label=_("Lists of theses you keep"),
        rows=of(SavedView, "owner"),
        shown=columns("name", "query", "columns", "standard", "created_at"),
        forget=lambda user: SavedView.objects.filter(owner=user).delete(),
    )
    yield Holding(
        name="theses/reviewers", label=_("Reviewers you invited"), rows=of(Invitation, "invited_by"), why=RETENTION
    )


def _members(user: User) -> "QuerySet[ThesisMember]":
    return ThesisMember.objects.filter(user=user).select_related("thesis")


def _parts_shown(user: User, rows: Sequence[ThesisMember]) -> list[dict[str, Any]]:
    """What a thesis is about, only as long as the person works on it."""
    titled = open_to(user, rows)
    plain = columns("thesis.uuid", "role", "until", "joined_at", "left_at")(user, rows)
    return [
        line | ({"title": row.thesis.title, "state": row.thesis.state} if row.thesis_id in titled else {})
        for line, row in zip(plain, rows, strict=True)
    ]
