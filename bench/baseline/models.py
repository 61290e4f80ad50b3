"""What was said, one row a message."""

from django.conf import settings
from django.db import models


class Message(models.Model):
    """A line of a room, in the clear."""

    room = models.CharField(max_length=100, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.user_id} in {self.room}"
