"""Programmes: what a department asks of the theses in them."""

import uuid
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from digi.accounts.fields import NameField


class Kind(models.TextChoices):
    BACHELOR = "bachelor", _("Bachelor’s thesis")
    MASTER = "master", _("Master’s thesis")
    PROJECT = "project", _("Project")
    DOCTORAL = "doctoral", _("Doctoral thesis")


class LatePolicy(models.TextChoices):
    REFUSE = "refuse", _("Refused")
    MARK = "mark", _("Accepted and marked as late")


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, user: Any) -> Self:
        """Those of the departments that the person belongs to; a superuser sees all."""
        if user.is_superuser:
            return self
        return self.filter(department__in=user.affiliations.values("department"))


class Programme(models.Model):
    """Weeks, days and years count from the step that starts them: an application, an offer, a completion."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    department = models.ForeignKey("accounts.Department", models.PROTECT, related_name="programmes")
    name = NameField(_("name"), max_length=160)
    proposal_required = models.BooleanField(_("asks for a proposal"), default=True)
    second_examiner_required = models.BooleanField(_("asks for a second examiner"), default=True)
    defence_required = models.BooleanField(_("asks for a defence"), default=True)
    late = models.CharField(_("late theses"), max_length=8, choices=LatePolicy.choices, default=LatePolicy.REFUSE)
    offer_days = models.PositiveSmallIntegerField(
        _("days an offer stands"), default=7, validators=[MinValueValidator(1)]
    )
    expiry_weeks = models.PositiveSmallIntegerField(
        _("weeks until an application expires"), default=8, validators=[MinValueValidator(1)]
    )
    retention_years = models.PositiveSmallIntegerField(
        _("years a thesis is kept"), default=10, validators=[MinValueValidator(1)]
    )
    version = models.IntegerField(default=1, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("department", "name"), name="programme_name_once"),)

    def __str__(self) -> str:
        return str(self.name)
