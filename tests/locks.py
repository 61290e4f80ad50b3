"""A database whose rows somebody else holds, and clients who do not wait for long."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from chat.models import Room


def impatient(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Connections that are made from now on wait so long for a lock and no longer."""
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor == "sqlite":
        monkeypatch.setitem(options, "timeout", seconds)
    elif connection.vendor == "postgresql":
        monkeypatch.setitem(options, "options", f"-c lock_timeout={seconds * 1000:.0f}")
    else:
        pytest.skip("its connections cannot be told how long to wait")


@contextmanager
def locked_rooms() -> Iterator[None]:
    """A transaction that keeps everybody else from writing into rooms; on SQLite, from writing at all."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {connection.ops.quote_name(Room._meta.db_table)} IN EXCLUSIVE MODE")
        yield
