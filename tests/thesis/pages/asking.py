"""Asking for pages: where they are and what they cost."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def page(thesis, name="discussion", *more, query="") -> str:
    """The address of a thesis's discussion, or of what belongs to it: `page(thesis, "comment", comment)`."""
    return reverse(f"thesis:{name}", args=[thesis.uuid, *(getattr(one, "uuid", one) for one in more)]) + query


def costs(client, address) -> int:
    """How often the page asks the database when it is opened again."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
