"""How many different statements the journal sends: SQLite's driver keeps each of the last 128, and what was bound."""

import pytest
from django.db import connection

from chat.models import Message
from chat.services import chain, journal
from tests.chat.writing import add

pytestmark = pytest.mark.django_db


def test_batches_of_any_size_share_few_statements(room, alice):
    texts: set[str] = set()

    def note(execute, sql, params, many, context):
        texts.add(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        for size in (*range(1, 40), 63, 64, 65, 150):
            journal.write([add(room, alice) for _ in range(size)])

    assert Message.objects.filter(room=room).count() == sum(range(40)) + 63 + 64 + 65 + 150
    assert chain.verify(room) is None
    if connection.vendor == "sqlite":
        assert len({text for text in texts if text.startswith("INSERT")}) <= 20
    assert len({text for text in texts if text.startswith("UPDATE")}) <= 10
