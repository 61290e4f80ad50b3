"""What SQL Server must be told, and told otherwise than others; SQLite plays its part where it can."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet

from digi import sql
from digi.accounts.models import User
from tests.digi.sql_server_twin import twin


@pytest.fixture
def catalogue(transactional_db, monkeypatch):
    """`catalogue(on)`: a connection that calls itself SQL Server's, and what it says of the database."""
    cursor = connection.cursor()

    def say(on: bool) -> None:
        cursor.execute("INSERT INTO sys.databases VALUES ('digi', %s), ('other', %s)", [on, not on])
        monkeypatch.setattr(connection, "vendor", "microsoft")

    cursor.execute("ATTACH ':memory:' AS sys")
    cursor.execute("CREATE TABLE sys.databases (name text, is_read_committed_snapshot_on integer)")
    connection.connection.create_function("DB_NAME", 0, lambda: "digi")
    yield say
    monkeypatch.undo()
    cursor.execute("DETACH sys")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite alone can play another's part")
@pytest.mark.parametrize("on", [True, False])
def test_check_of_the_database_warns_where_readers_wait_for_writers(catalogue, capsys, on):
    catalogue(on)

    call_command("check", "--database", "default")

    assert ("READ_COMMITTED_SNAPSHOT is off" in capsys.readouterr().err) is not on


def test_other_databases_are_not_asked(db, capsys):
    call_command("check", "--database", "default")

    assert "READ_COMMITTED_SNAPSHOT" not in capsys.readouterr().err


def test_rows_know_their_keys_in_whatever_order_they_come_back(db, monkeypatch):
    rows = [User(username=f"person-{n}") for n in range(5)]
    own = QuerySet.bulk_create

    def reversed_keys(self, objects, **options):
        own(self, objects, **options)
        keys = [row.pk for row in objects]
        for row, key in zip(objects, reversed(keys), strict=True):
            row.pk = key

    monkeypatch.setattr(QuerySet, "bulk_create", reversed_keys)
    monkeypatch.setattr(connection, "vendor", "microsoft")

    made = sql.create(rows, at_once=3)

    assert made == rows
    assert dict(User.objects.values_list("pk", "username")) == {row.pk: row.username for row in rows}


@pytest.mark.parametrize("extra", ["Encrypt=yes;TrustServerCertificate=no", "Encrypt=yes;TrustServerCertificate=yes"])
def test_driver_takes_what_it_is_given_to_connect_with(extra):
    from mssql_python.connection_string_parser import _ConnectionStringParser

    options = {"python_driver": "mssql_python", "connection_timeout": 10, "extra_params": extra}
    place = {"NAME": "digi", "USER": "digi", "PASSWORD": "p;a{s}s=", "HOST": "db", "PORT": 1433, "OPTIONS": options}

    told = twin()._build_connection_string(place, "")

    assert _ConnectionStringParser(validate_keywords=True)._parse(told) == {
        "server": "db,1433",
        "uid": "digi",
        "pwd": "p;a{s}s=",
        "database": "digi",
        **{key.lower(): value for key, value in (part.split("=") for part in extra.split(";"))},
    }
