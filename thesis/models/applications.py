"""Applications: for a topic, or with a title of one's own and a supervisor asked."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from digi.accounts.fields import NameField
from thesis.models.history import Step
from thesis.models.programmes import Kind
from thesis.states import OPEN, ApplicationState

PERSON = settings.AUTH_USER_MODEL


class Rejection(models.TextChoices):
    """Why an application was rejected: the mail says it in words."""

    TAKEN = "taken", _("The topic has been given to somebody else.")
    REQUIREMENTS = "requirements", _("The requirements of the topic are not met.")
    INCOMPLETE = "incomplete", _("The application is not complete.")
    CLOSED = "closed", _("The topic is no longer offered.")
    NO_CAPACITY = "no_capacity", _("There is no time for another thesis at present.")
    OTHER = "other", _("Another reason.")


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: Any) -> Self:
        """One's own, those for one's topics or asked of oneself, and all of the departments one coordinates."""
        if user.is_superuser:
            return self
        coordinated = user.affiliations.filter(role="coordinator").values("department")
        owned = user.topics.values("pk")
        return self.filter(
            Q(student=user) | Q(supervisor=user) | Q(topic__in=owned) | Q(programme__department__in=coordinated)
        )

    def open_of(self, user: Any) -> Self:
        """Those under way that are the person's own, or that wait for them."""
        under_way = self.filter(state__in=OPEN)
        return under_way.filter(student=user) | under_way.decided_by(user)

    def decided_by(self, user: Any) -> Self:
        """Those that wait for this person as an owner of their topic, or as the supervisor asked."""
        return self.filter(Q(supervisor=user) | Q(topic__in=user.topics.values("pk")))


class Application(models.Model):
    """`title` is the topic's at the time of applying, so that a rejection can name it for ever.

    `open_key` stands while the application is open: one open application of a person for a topic, or with an own title
    for a supervisor. `warned` is the number of days before `expires_at` of the last warning.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey("thesis.Programme", models.PROTECT, related_name="applications")
    topic = models.ForeignKey("thesis.Topic", models.PROTECT, null=True, blank=True, related_name="applications")
    supervisor = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="asked_applications")
    student = models.ForeignKey(PERSON, models.PROTECT, related_name="applications")
    title = NameField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    motivation = models.TextField(_("motivation"), blank=True)
    cv = models.TextField(_("curriculum vitae"), blank=True)
    cv_file = models.OneToOneField(
        "files.StoredFile", models.SET_NULL, null=True, blank=True, related_name="application"
    )
    state = models.CharField(
        _("state"), max_length=16, choices=ApplicationState.choices, default=ApplicationState.SUBMITTED, db_index=True
    )
    rejection = models.CharField(_("reason of rejection"), max_length=16, choices=Rejection.choices, blank=True)
    expires_at = models.DateTimeField(_("expires"))
    warned = models.PositiveSmallIntegerField(null=True, editable=False)
    open_key = models.CharField(max_length=64, unique=True, null=True, editable=False)
    thesis = models.OneToOneField("thesis.Thesis", models.PROTECT, null=True, related_name="application")
    head = models.IntegerField(default=0, editable=False)
    head_hash = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("handed in"), auto_now_add=True)
    version = models.IntegerField(default=1, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")

    def __str__(self) -> str:
        return str(self.title)


class ApplicationDraft(models.Model):
    """An application that is being written, on whatever device: one of a person for a topic, and one with an own title.

    `key` is whose it is and what for. Nobody but the student sees it. It goes when it is sent or thrown away.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=64, unique=True, editable=False)
    student = models.ForeignKey(PERSON, models.CASCADE, related_name="application_drafts")
    topic = models.ForeignKey("thesis.Topic", models.CASCADE, null=True, blank=True, related_name="drafts")
    programme = models.ForeignKey("thesis.Programme", models.CASCADE, null=True, blank=True, related_name="drafts")
    supervisor = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="asked_drafts")
    title = NameField(_("title"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, blank=True)
    motivation = models.TextField(_("motivation"), blank=True)
    cv = models.TextField(_("curriculum vitae"), blank=True)
    cv_file = models.OneToOneField("files.StoredFile", models.SET_NULL, null=True, blank=True, related_name="draft")
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    changed_at = models.DateTimeField(_("last change"), auto_now=True, db_index=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("draft of an application")
        verbose_name_plural = _("drafts of applications")

    def __str__(self) -> str:
        return str(self.title)


class InterviewSlot(models.Model):
    """A time that was offered for an interview; the student picks one."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField(_("start"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    picked = models.BooleanField(_("picked"), default=False)
    changed_at = models.DateTimeField(_("last change"), auto_now=True)

    class Meta:
        ordering = ("starts_at",)
        constraints = (models.UniqueConstraint(fields=("application", "starts_at"), name="interview_slot_once"),)

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class ApplicationStep(Step):
    """A step of an application."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="steps", db_index=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("application", "n"), name="application_step_n_once"),)

    def get_to_state_display(self) -> str:
        return str(ApplicationState(self.to_state).label)
