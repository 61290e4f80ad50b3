"""Pages of the chat as a reader meets them."""

import re

from django.urls import reverse

from chat import connection
from chat.services import receipts
from chat.services.receipts import Receipt


def address(room, user, page="room"):
    """A page of a room under a fresh id of the person's."""
    return reverse(f"chat:{page}", args=[connection.issue(room.pk, user.pk)])


def words(response):
    """What a reader reads, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<(script|title).*?</\1>|<[^>]*>", " ", response.content.decode(), flags=re.S))


def read(room, user, seq):
    """The person has seen everything up to here."""
    receipts.mark([Receipt(room.pk, str(room.uuid), user.pk, user.username, seq, read=True)])
