"""Topics that supervisors offer, and who wants to hear of new ones."""

import uuid
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from digi.accounts import names
from digi.accounts.fields import NameField, SearchField
from thesis.models.applications import Application
from thesis.models.programmes import Kind
from thesis.states import OPEN, ApplicationState

PERSON = settings.AUTH_USER_MODEL
TAKEN = (ApplicationState.OFFERED, ApplicationState.ACCEPTED)


class TopicState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    FILLED = "filled", _("Filled")
    CLOSED = "closed", _("Closed")


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, user: Any) -> Self:
        """What the person's departments offer; drafts only for their owners and the coordinators."""
        if user.is_superuser:
            return self
        roles = user.affiliations
        coordinated = Q(programme__department__in=roles.filter(role="coordinator").values("department"))
        offered = Q(programme__department__in=roles.values("department")) & ~Q(state=TopicState.DRAFT)
        owned = Q(pk__in=Topic.owners.through.objects.filter(user=user).values("topic"))
        return self.filter(coordinated | offered | owned)

    def counted(self) -> Self:
        """Each with `left`, its places that are neither taken nor offered, and `waiting`, its open applications."""
        return self.annotate(left=F("capacity") - _applications(TAKEN), waiting=_applications(OPEN))

    def named(self, words: str) -> Self:
        """Those whose title or tags hold every word, without regard to case and accents."""
        found = self
        for word in names.folded(words).split():
            found = found.filter(search_text__contains=word)
        return found


class Topic(models.Model):
    """`kinds` and `tags` are words between commas, with one before and one after, so that `,word,` finds a word."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(
        "thesis.Programme", models.PROTECT, related_name="topics", verbose_name=_("programme")
    )
    title = NameField(_("title"), max_length=300)
    body = models.TextField(_("description"), blank=True)
    requirements = models.TextField(_("requirements"), blank=True)
    kinds = models.CharField(_("kinds"), max_length=100, default=",")
    tags = models.CharField(_("tags"), max_length=600, default=",")
    capacity = models.PositiveSmallIntegerField(_("places"), default=1)
    deadline = models.DateField(_("apply until"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=TopicState.choices, default=TopicState.DRAFT, db_index=True
    )
    owners: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(
        PERSON, related_name="topics", verbose_name=_("owners")
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    search_text = SearchField(max_length=1800, sources=("title", "tags"))
    version = models.IntegerField(default=1, editable=False)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return str(self.title)

    @property
    def kind_list(self) -> list[str]:
        return words_of(self.kinds)

    @property
    def kind_labels(self) -> list[str]:
        return [str(Kind(kind).label) for kind in self.kind_list]

    @property
    def tag_list(self) -> list[str]:
        return words_of(self.tags)

    def places_left(self) -> int:
        """Places that are neither taken nor offered."""
        return self.capacity - self.applications.filter(state__in=TAKEN).count()


class TopicSubscription(models.Model):
    """Somebody hears of every topic that opens in a programme; with a tag, only of those that bear it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(PERSON, models.CASCADE, related_name="topic_subscriptions")
    programme = models.ForeignKey("thesis.Programme", models.CASCADE, related_name="subscriptions")
    tag = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "programme", "tag"), name="topic_subscription_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} of {self.programme_id} {self.tag}"


def _applications(states: Iterable[str]) -> Coalesce:
    """How many applications of a topic are in these states: counted for the rows that are shown, and no others."""
    rows = Application.objects.filter(topic=OuterRef("pk"), state__in=states).order_by().values("topic")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def words_of(text: str) -> list[str]:
    return [word for word in text.split(",") if word]


def as_words(words: list[str]) -> str:
    """How a list of words is stored: `,a,b,`; `,` for none."""
    return "," + "".join(f"{word}," for word in words)
