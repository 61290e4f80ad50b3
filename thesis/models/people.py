"""Who belongs to a thesis, now or formerly, and who reads it by a link."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from digi.accounts.fields import LowerEmailField, NameField
from thesis import days
from thesis.states import Part

PERSON = settings.AUTH_USER_MODEL


class MemberRole(models.TextChoices):
    STUDENT = "student", _("Student")
    SUPERVISOR = "supervisor", _("Supervisor")
    CO_SUPERVISOR = "co_supervisor", _("Co-supervisor")
    DEPUTY = "deputy", _("Deputy of the supervisor")
    EXAMINER = "examiner", _("Examiner")
    SECOND_EXAMINER = "second_examiner", _("Second examiner")
    MINUTE_TAKER = "minute_taker", _("Minute taker")
    OBSERVER = "observer", _("Observer")


SUPERVISING = (MemberRole.SUPERVISOR, MemberRole.CO_SUPERVISOR, MemberRole.DEPUTY)
EXAMINING = (MemberRole.EXAMINER, MemberRole.SECOND_EXAMINER)
PARTS = (
    {MemberRole.STUDENT: Part.STUDENT}
    | dict.fromkeys(SUPERVISING, Part.SUPERVISOR)
    | dict.fromkeys(EXAMINING, Part.EXAMINER)
)


class MemberQuerySet(models.QuerySet["ThesisMember"]):
    def current(self) -> Self:
        """Who has not left; a deputy only until the day they were asked to stand in."""
        ended = Q(until__lt=days.today())
        return self.filter(left_at=None).exclude(ended)

    def over(self) -> Self:
        """Deputies whose last day has passed, and who have not left yet."""
        return self.filter(left_at=None, until__lt=days.today())


class ThesisMember(models.Model):
    """One role of a person in a thesis. Leaving keeps the row; `until` is a deputy's last day."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thesis = models.ForeignKey("thesis.Thesis", models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(PERSON, models.PROTECT, related_name="thesis_memberships")
    role = models.CharField(_("role"), max_length=16, choices=MemberRole.choices)
    until = models.DateField(_("until"), null=True, blank=True)
    joined_at = models.DateTimeField(_("since"), auto_now_add=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = (models.UniqueConstraint(fields=("thesis", "user", "role"), name="thesis_member_role_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} in {self.thesis_id} as {self.role}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def standing(self) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """A link by which a reviewer without an account reads a thesis and comments on it; only its digest is stored."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thesis = models.ForeignKey("thesis.Thesis", models.CASCADE, related_name="invitations")
    name = NameField(_("name"), max_length=120)
    email = LowerEmailField(_("e-mail address"), max_length=254, blank=True, null=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    invited_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("invited"), auto_now_add=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return str(self.name)


def parts_in(roles: Any) -> set[Part]:
    """The parts that these roles of members play."""
    return {PARTS[role] for role in roles if role in PARTS}
