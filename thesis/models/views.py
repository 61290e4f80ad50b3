"""Lists of theses as people like to see them again."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from digi.accounts.fields import NameField


class Column(models.TextChoices):
    """What a table of theses may show beside the title and the students."""

    STATE = "state", _("State")
    DUE = "due", _("Due")
    MILESTONES = "milestones", _("Milestones")
    SUPERVISORS = "supervisors", _("Supervisors")
    EXAMINERS = "examiners", _("Examiners")
    PROGRAMME = "programme", _("Programme")
    START = "start", _("Start")
    DEFENCE = "defence", _("Defence")
    SUBMITTED = "submitted", _("Handed in")
    CHANGED = "changed", _("Last change")


class SavedView(models.Model):
    """`query` holds the filters and the order as an address writes them, `columns` names of `Column`.

    Nobody but the owner sees it. At most one of a person's is `standard`: what they meet first.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    name = NameField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=1000, blank=True)
    columns = models.JSONField(_("columns"), default=list)
    standard = models.BooleanField(_("comes first"), default=False)
    created_at = models.DateTimeField(_("saved"), auto_now_add=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = (models.UniqueConstraint(fields=("owner", "name"), name="saved_view_name_once"),)

    def __str__(self) -> str:
        return str(self.name)
