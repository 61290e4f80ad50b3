"""What examiners say about a thesis, and the mark of each student."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Assessment(models.Model):
    """An examiner's report. A draft until it is handed in; hidden from the other examiner until both are."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thesis = models.ForeignKey("thesis.Thesis", models.CASCADE, related_name="assessments", db_index=False)
    examiner = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    report = models.TextField(_("report"), blank=True)
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = (models.UniqueConstraint(fields=("thesis", "examiner"), name="assessment_once"),)

    def __str__(self) -> str:
        return f"{self.examiner_id} on {self.thesis_id}"


class Mark(models.Model):
    """The plain mark of one student, such as 1.7; the student sees it once it is published."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thesis = models.ForeignKey("thesis.Thesis", models.CASCADE, related_name="marks", db_index=False)
    student = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    value = models.DecimalField(_("mark"), max_digits=3, decimal_places=1)
    entered_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered"), auto_now=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints = (models.UniqueConstraint(fields=("thesis", "student"), name="mark_once"),)

    def __str__(self) -> str:
        return f"{self.value}"
