"""Which reminders of a date have been given."""

from django.db import models


class Reminder(models.Model):
    """A thing with a date, that date, and how many days before it people were reminded; −1 is the escalation.

    A date that is moved begins anew.
    """

    thing = models.CharField(max_length=160)
    date = models.DateTimeField()
    days = models.SmallIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("thing", "date", "days"), name="reminder_once"),)

    def __str__(self) -> str:
        return f"{self.thing} {self.days}"
