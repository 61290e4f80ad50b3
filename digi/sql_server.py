"""What a SQL Server database must have been told before Digi runs well on it."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

SNAPSHOT = "SELECT is_read_committed_snapshot_on FROM sys.databases WHERE name = DB_NAME()"


@register(Tags.database)
def readers_wait_for_nobody(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """`migrate` warns where READ_COMMITTED_SNAPSHOT is off: there every reader waits for the writers."""
    return [
        _off(name) for name in databases or () if connections[name].vendor == "microsoft" and not reads_snapshots(name)
    ]


def reads_snapshots(name: str) -> bool:
    """Does the database let readers read while somebody writes?"""
    with connections[name].cursor() as cursor:
        cursor.execute(SNAPSHOT)
        row = cursor.fetchone()
    return bool(row and row[0])


def _off(name: str) -> CheckMessage:
    return Warning(
        f"READ_COMMITTED_SNAPSHOT is off in the database {connections[name].settings_dict['NAME']}.",
        hint="While nobody is connected: ALTER DATABASE … SET READ_COMMITTED_SNAPSHOT ON.",
        id="digi.W001",
    )
