"""What happened on a thesis, as its sockets are told: numbered apart for each circle of readers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Circle(models.TextChoices):
    """Who reads what; each circle reads all that the one before it does."""

    MEMBERS = "members", _("Everyone on the thesis")
    STAFF = "staff", _("Supervisors and examiners")
    EXAMINERS = "examiners", _("Examiners")


class Ledger(models.Model):
    """The last number of each circle. Its row is locked from the first thing that happens until the commit."""

    thesis = models.OneToOneField("thesis.Thesis", models.CASCADE, related_name="ledger")
    members = models.IntegerField(default=0)
    staff = models.IntegerField(default=0)
    examiners = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.thesis_id}: {self.members}, {self.staff}, {self.examiners}"


class Happening(models.Model):
    """Something that happened to `subject`, a public id, which may lie `within` another one.

    A number is empty where the circle does not read of it, so that the numbers of others give nothing away.
    """

    thesis = models.ForeignKey("thesis.Thesis", models.CASCADE, related_name="happenings", db_index=False)
    kind = models.CharField(max_length=24)
    subject = models.UUIDField()
    within = models.UUIDField(null=True)
    to_state = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()
    members = models.IntegerField(null=True)
    staff = models.IntegerField(null=True)
    examiners = models.IntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("thesis", "examiners"), name="happening_n_once"),)
        indexes = (
            models.Index(fields=("thesis", "members"), name="happening_of_members"),
            models.Index(fields=("thesis", "staff"), name="happening_of_staff"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
