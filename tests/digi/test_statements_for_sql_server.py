"""What mssql-django makes of our queries and tables is T-SQL that SQL Server takes, as far as reading it can tell.

The queries are those of the demonstration and of every page and address that can be read; `tests.digi.sql_server_suite`
reads those of any other tests.
"""

import re
from collections import Counter
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.state import ProjectState
from django.db.models import Count, DecimalField, Exists, F, Max, OuterRef, Q, Value
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from camera.models import Camera
from chat.models import Message, Room
from chat.services import tables
from digi import sql
from digi.accounts.models import User
from digi.notifications.models import Notification
from tests.digi.sql_server_rules import statement_complaints
from tests.digi.sql_server_suite import Reader, heard
from tests.digi.sql_server_twin import as_on_sql_server, statements, twin
from thesis.models import Application, Thesis, Topic

LINK = re.compile(r'href="(/[^"#]*)')
ID = re.compile(r"/(?:[0-9a-f-]{36}|\d+|[\w=-]{40,})(?=/|$)")
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
OURS = ("accounts", "audit", "files", "worker", "notifications", "webhooks", "chat", "thesis", "camera")


@pytest.fixture
def reader(db, settings):
    """It has heard of all that the demonstration did."""
    settings.DEBUG, settings.DIGI_DEMO_PASSWORD = True, "a demonstration"
    reader = Reader()
    with heard(reader):
        call_command("demo", stdout=StringIO())
        yield reader


def test_queries_of_the_demonstration_and_of_all_that_can_be_read(reader):
    answers = _walked("bob", "/dashboard/", *_of_the_api()) + _walked("alice", "/dashboard/")

    assert answers[200] > 100
    assert not [status for status in answers if status >= 500]
    assert len(reader.read) > 350
    assert reader.complaints == {}


def _walked(name: str, *addresses: str) -> Counter:
    """How often each status was answered to somebody, there and on pages that are linked, each kind of page once."""
    client = Client()
    client.force_login(User.objects.get(username=name))
    answers, known, waiting = Counter(), set(), list(addresses)
    while waiting:
        answer = client.get(waiting.pop())
        answers[answer.status_code] += 1
        body = answer.getvalue()  # all of it: archives are made while they are read
        text = body.decode() if "text/html" in answer.headers.get("Content-Type", "") else ""
        for link in LINK.findall(text):
            address = link.replace("&amp;", "&")
            if _name(address) not in known and not address.startswith(("/static/", "/admin/", "/accounts/")):
                known.add(_name(address))
                waiting.append(address)
    return answers


def _name(address: str) -> str:
    """A kind of page: its path without ids, and what its query asks for."""
    path, _, query = address.partition("?")
    return ID.sub("/*", path) + "?" + "&".join(re.findall(r"(\w+)=", query))


def _of_the_api() -> list[str]:
    """Every address of the API whose parameters are known."""
    known = {
        "thesis_id": Thesis.objects.earliest("pk").uuid,
        "topic_id": Topic.objects.earliest("pk").uuid,
        "application_id": Application.objects.earliest("pk").uuid,
        "room_id": Room.objects.earliest("pk").uuid,
        "slug": Camera.objects.earliest("pk").slug,
    }
    found = [route for route in _routes(get_resolver()) if route.startswith("api/v1/")]
    fitting = [route for route in found if set(PARAMETER.findall(route)) <= set(known)]
    return ["/" + PARAMETER.sub(lambda match: str(known[match[1]]), route) for route in fitting]


def _routes(resolver: URLResolver, before: str = "") -> list[str]:
    routes = []
    for part in resolver.url_patterns:
        route = before + str(part.pattern)
        routes += [route] if isinstance(part, URLPattern) else _routes(part, route)
    return routes


def test_tables_of_every_model():
    with as_on_sql_server(), twin().schema_editor(collect_sql=True, atomic=False) as editor:
        for model in ProjectState.from_apps(apps).apps.get_models():
            editor.create_model(model)
    made = [statement for statement in editor.collected_sql if not statement.startswith("--")]

    complaints = [f"{complaint}: {text}" for text in made for complaint in statement_complaints(text)]

    assert len([statement for statement in made if statement.startswith("CREATE TABLE")]) > 60
    assert complaints == []


class Heard:
    """A cursor of SQL Server that notes what it is told; what it is asked for, it has not."""

    db = None

    def __init__(self) -> None:
        self.db, self.told = twin(), []

    def execute(self, text: str, parameters=()) -> None:
        self.told.append((text, tuple(parameters)))

    def executemany(self, text: str, rows) -> None:
        self.told += [(text, tuple(row)) for row in rows]

    def fetchall(self) -> list:
        return []


def test_statements_of_the_journal(monkeypatch):
    monkeypatch.setattr(connection, "vendor", "microsoft")
    cursor, many = Heard(), range(1, 501)
    cids = [User._meta.get_field("uuid").default() for _ in many]

    tables.rooms(cursor, many)
    tables.members(cursor, many, many)
    tables.changes(cursor, cids)
    tables.messages(cursor, many, many)
    tables.revisions(cursor, many, many)
    tables.insert_messages(cursor, [(1, 1, n, n, 1, cids[n - 1], 1, b"", None, None, False) for n in many])
    tables.keep_revisions(cursor, [(1, b"", None, 1, 1)])
    tables.drop_revisions(cursor, [(1, 1)])
    tables.update_messages(cursor, [(1, 1, b"", None, False, 1, 1)])
    tables.insert_changes(cursor, [(1, n, "add", 1, 1, 1, 1, "", cids[n - 1], None, b"", b"") for n in many])
    tables.move_heads(cursor, [(1, 1, b""), (2, 1, b"")])

    complaints = [one for text, parameters in cursor.told for one in statement_complaints(text, parameters)]
    assert len({text for text, _ in cursor.told}) >= 11
    assert complaints == []


def test_rows_are_inserted_in_parts_that_sql_server_takes():
    cursor = Heard()

    sql.insert(cursor, "t", ["a", "b", "c"], [(1, 2, 3)] * 1500)

    assert [len(parameters) for _, parameters in cursor.told] == [2049, 2049, 402]


# Each rule sees what breaks it


def _complaints(rows) -> list[str]:
    return [one for text, parameters in statements(rows.query) for one in statement_complaints(text, parameters)]


MESSAGES = Message.objects.filter(room=OuterRef("pk")).order_by()
MANY = list(range(2100))


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        (lambda: Room.objects.annotate(has=Count("pk", filter=Exists(MESSAGES))), "COUNT over a subquery"),
        (lambda: Room.objects.filter(pk__in=MANY[:1040]).exclude(head__in=MANY[:1040]), "2080 parameters"),
        (
            lambda: Room.objects.values("kind").annotate(n=Count("pk", filter=Q(head_hash=b"\0"))),
            "GROUP BY with a parameter of bytes",
        ),
        (
            lambda: Room.objects.values("kind").annotate(n=Count("pk") + Value(1, DecimalField())),
            "GROUP BY with a parameter of Decimal",
        ),
        (lambda: Room.objects.annotate(has=Exists(MESSAGES)).order_by("-has"), None),
        (lambda: Room.objects.annotate(new=Q(head=0)).filter(new=True), None),
        (lambda: Room.objects.annotate(last=Max("messages__n")).filter(last__gt=F("epoch")), None),
        (lambda: Notification.objects.order_by("pk")[5:10], None),
        (lambda: Room.objects.order_by("title").distinct(), None),
    ],
)
def test_rules_for_queries_see_what_breaks_them(query, complaint):
    assert _complaints(query())[:1] == ([complaint] if complaint else [])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("SELECT a FROM t LIMIT 5", "LIMIT"),
        ("SELECT SUM((SELECT COUNT(*) FROM u)) FROM t", "SUM over a subquery"),
        ("SELECT MAX(COUNT(a)) FROM t", "MAX over an aggregate"),
        ("SELECT COUNT(*) FROM t GROUP BY (SELECT a FROM u)", "GROUP BY of a subquery or an aggregate"),
        ("SELECT a = 1 AS b FROM t", "a condition as a value: a = 1"),
        ("SELECT a FROM t WHERE EXISTS(SELECT 1 FROM u) = 1", "a condition as a value: EXISTS(SELECT 1 FROM u)"),
        ("SELECT a FROM t ORDER BY EXISTS(SELECT 1 FROM u)", "a condition as a value: EXISTS(SELECT 1 FROM u)"),
        ("UPDATE t SET a = b > 1", "a condition as a value: b > 1"),
        ("SELECT a FROM (SELECT b FROM t ORDER BY b) AS u", "ORDER BY in a subquery without TOP or OFFSET"),
        ("SELECT a FROM t OFFSET 5 ROWS", "OFFSET without ORDER BY"),
        ("SELECT DISTINCT a FROM t ORDER BY b", "DISTINCT ordered by what is not selected: b"),
        (f"INSERT INTO t VALUES {', '.join(['(1)'] * 1001)}", "1001 rows at once"),
        ("SELECT FROM WHERE", "cannot be read"),
        ("UPDATE t SET a = %s, b = b + 1 WHERE NOT (c = %s OR d LIKE '%%x')", None),
        ("SELECT TOP 5 CASE WHEN a > 1 AND b = 2 THEN 1 ELSE 0 END FROM t WITH (ROWLOCK, UPDLOCK) ORDER BY c", None),
        ("SELECT a FROM t WHERE b IN (SELECT TOP 3 c FROM u ORDER BY c) ORDER BY a OFFSET 0 ROWS", None),
        ("INSERT INTO t (a) OUTPUT INSERTED.id VALUES (%s), (%s)", None),
    ],
)
def test_rules_for_statements_see_what_breaks_them(text, complaint):
    found = list(statement_complaints(text))

    assert found[:1] == [complaint] or (complaint and found[0].startswith(complaint)) or (not complaint and not found)
