"""What happened to a thesis or an application: append-only lines, each with the hash of the one before."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from thesis.states import State


class Step(models.Model):
    """`n` counts without holes. `reason` and `details` (plain JSON) are covered by `hash`, as everything here is."""

    n = models.IntegerField(_("number"))
    from_state = models.CharField(_("from"), max_length=16, blank=True)
    to_state = models.CharField(_("to"), max_length=16)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.TextField(_("reason"), blank=True)
    details = models.JSONField(default=dict)
    at = models.DateTimeField(_("time"))
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.n} {self.from_state} → {self.to_state}"


class Transition(Step):
    """A step of a thesis. `back` marks a coordinator's step to the state before, which undoes the one it follows."""

    thesis = models.ForeignKey("thesis.Thesis", models.PROTECT, related_name="transitions", db_index=False)
    back = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        constraints = (models.UniqueConstraint(fields=("thesis", "n"), name="transition_n_once"),)

    def get_to_state_display(self) -> str:
        return str(State(self.to_state).label)
