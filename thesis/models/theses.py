"""Theses."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from digi.accounts import names
from digi.accounts.fields import NameField, SearchField
from thesis import days
from thesis.models.people import MemberRole, ThesisMember
from thesis.models.programmes import Kind
from thesis.states import FINISHED, State

STAFF = ("supervisor", "examiner", "coordinator")


class Visibility(models.TextChoices):
    """Who reads what a thesis is about, beside its members and the coordinators.

    `students` and `public` hold once it is completed and no embargo stands any more.
    """

    PRIVATE = "private", _("Its members")
    INTERNAL = "internal", _("Staff of the department")
    STUDENTS = "students", _("Everybody in the department")
    PUBLIC = "public", _("Everybody")


class ThesisQuerySet(models.QuerySet["Thesis"]):
    def worked_on_by(self, user: Any) -> Self:
        """Theses whose whole workspace is open to the person: current members and the department's coordinators."""
        if user.is_superuser:
            return self
        return self.filter(self._mine(user) | self._coordinated(user))

    def readable_by(self, user: Any) -> Self:
        """Theses whose title, abstract and people the person may see; who is not signed in sees what is public."""
        today = days.today()
        out = Q(state__in=FINISHED) & (Q(embargo_until=None) | Q(embargo_until__lte=today))
        if not user.is_authenticated:
            return self.filter(out, visibility=Visibility.PUBLIC)
        if user.is_superuser:
            return self
        staff = user.affiliations.filter(role__in=STAFF).values("department")
        internal = ~Q(visibility=Visibility.PRIVATE) & Q(programme__department__in=staff)
        students = Q(programme__department__in=user.affiliations.values("department"))
        published = out & (Q(visibility=Visibility.PUBLIC) | (Q(visibility=Visibility.STUDENTS) & students))
        return self.filter(self._mine(user) | self._coordinated(user) | internal | published)

    def of(self, user: Any, *roles: str) -> Self:
        """Those in which the person has one of the roles now; any role where none is named."""
        return self.filter(self._mine(user, *roles))

    def named(self, words: str) -> Self:
        """Those whose title or whose students' names hold every word, without regard to case and accents."""
        found = self
        for word in names.folded(words).split():
            students = ThesisMember.objects.current().filter(role=MemberRole.STUDENT)
            named = students.filter(thesis=OuterRef("pk"), user__search_text__contains=word)
            found = found.filter(Q(search_text__contains=word) | Q(Exists(named)))
        return found

    @staticmethod
    def _mine(user: Any, *roles: str) -> Q:
        memberships = ThesisMember.objects.current().filter(user=user)
        if roles:
            memberships = memberships.filter(role__in=roles)
        return Q(pk__in=memberships.values("thesis"))

    @staticmethod
    def _coordinated(user: Any) -> Q:
        return Q(programme__department__in=user.affiliations.filter(role="coordinator").values("department"))


class Thesis(models.Model):
    """`head` and `head_hash` are the end of the chain of its transitions; `version` counts every change.

    `due_on` is the last day in the server's own zone. `kept_until` is when the programme's years of keeping are over.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(
        "thesis.Programme", models.PROTECT, related_name="theses", verbose_name=_("programme")
    )
    topic = models.ForeignKey("thesis.Topic", models.PROTECT, null=True, blank=True, related_name="theses")
    title = NameField(_("title"), max_length=300)
    abstract = models.TextField(_("abstract"), blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.DRAFT, db_index=True)
    visibility = models.CharField(_("visibility"), max_length=8, choices=Visibility.choices, default=Visibility.PRIVATE)
    embargo_until = models.DateField(_("embargo until"), null=True, blank=True)
    start_on = models.DateField(_("start"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True, db_index=True)
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    late = models.BooleanField(_("late"), default=False)
    defence_at = models.DateTimeField(_("defence"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    kept_until = models.DateField(_("kept until"), null=True, blank=True)
    head = models.IntegerField(default=0, editable=False)
    head_hash = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)
    changed_at = models.DateTimeField(_("last change"), auto_now=True)
    search_text = SearchField(max_length=900, sources=("title",))
    version = models.IntegerField(default=1, editable=False)

    objects = ThesisQuerySet.as_manager()

    class Meta:
        verbose_name = _("thesis")
        verbose_name_plural = _("theses")
        indexes = (models.Index(fields=("programme", "state", "due_on"), name="thesis_by_state_and_day"),)

    def __str__(self) -> str:
        return str(self.title)
