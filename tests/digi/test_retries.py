"""Work that the database gave up: told from mistakes, done again as a whole, or answered with 503 and nothing lost."""

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.test import Client

from digi import retries
from digi.accounts.models import Department
from digi.retries import Failure, patiently, watched

LOCKED = OperationalError("database is locked")
GONE = OperationalError("disk I/O error")
TAKEN = IntegrityError("UNIQUE constraint failed: digi_thing.name")


def caused(error: Exception, **said) -> Exception:
    """An error of Django, with what a driver says of it."""
    error.__cause__ = type("DriverError", (Exception,), said)()
    return error


def of_sql_server(kind: type, state: str, text: str) -> Exception:
    """As mssql-python says it and Django passes it on."""
    from mssql_python.exceptions import sqlstate_to_exception

    said = sqlstate_to_exception(state, text)
    error = kind(*said.args)
    error.__cause__ = said
    return error


VICTIM = "[Microsoft][SQL Server]Transaction (Process ID 61) was deadlocked on lock resources with another process"


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (LOCKED, Failure.BUSY),
        (caused(OperationalError("deadlock detected"), sqlstate="40P01"), Failure.UNLUCKY),
        (caused(OperationalError("could not serialize access"), sqlstate="40001"), Failure.UNLUCKY),
        (of_sql_server(OperationalError, "40001", VICTIM), Failure.UNLUCKY),
        (of_sql_server(OperationalError, "HYT00", "Lock request time out period exceeded."), Failure.BUSY),
        (of_sql_server(OperationalError, "08S01", "TCP Provider: Error code 0x68"), Failure.AWAY),
        (of_sql_server(OperationalError, "08001", "Login timeout expired"), Failure.AWAY),
        (caused(OperationalError("terminating connection"), sqlstate="57P01"), Failure.AWAY),
        (caused(OperationalError("connection refused"), sqlstate=None), Failure.AWAY),
        (InterfaceError("connection already closed"), Failure.AWAY),
        (OperationalError("database or disk is full"), Failure.AWAY),
        (TAKEN, Failure.TAKEN),
        (caused(IntegrityError("duplicate key value"), sqlstate="23505"), Failure.TAKEN),
        (of_sql_server(IntegrityError, "23000", "Violation of UNIQUE KEY constraint 'once'. (2627)"), Failure.TAKEN),
        (of_sql_server(IntegrityError, "23000", "Cannot insert duplicate key row (2601)"), Failure.TAKEN),
        (of_sql_server(IntegrityError, "23000", "conflicted with the CHECK constraint"), None),
        (caused(IntegrityError("null value in column"), sqlstate="23502"), None),
        (IntegrityError("NOT NULL constraint failed: digi_thing.name"), None),
        (InterfaceError("Error binding parameter 0"), None),
        (ProgrammingError("syntax error"), None),
        (DataError("value too long"), None),
        (ValueError("database is locked"), None),
    ],
    ids=str,
)
def test_failures_are_told_from_mistakes(error, failure):
    assert retries.why(error) is failure


@pytest.mark.parametrize(("vendor", "failure"), [("sqlite", None), ("postgresql", Failure.AWAY)])
def test_mistakes_that_sqlite_calls_operational_are_known_by_their_words(monkeypatch, vendor, failure):
    monkeypatch.setattr(connection, "vendor", vendor)

    assert retries.why(OperationalError("no such table: digi_thing")) is failure


class Work:
    """Fails with these errors, one after the other, and then does it."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.tries = list(errors), 0

    def __call__(self) -> str:
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(retries, "PAUSES", (0, 0))


def test_unlucky_work_is_done_again():
    work = Work(LOCKED, LOCKED)

    assert patiently(work) == "done"
    assert work.tries == 3


def test_patience_ends():
    work = Work(LOCKED, LOCKED, LOCKED)

    with pytest.raises(OperationalError):
        patiently(work)

    assert work.tries == 3


def test_mistake_is_made_once():
    work = Work(ProgrammingError("syntax error"))

    with pytest.raises(ProgrammingError):
        patiently(work)

    assert work.tries == 1


def test_part_of_a_transaction_is_not_done_again(db):
    work = Work(LOCKED)

    with pytest.raises(OperationalError):
        patiently(work)

    assert work.tries == 1


def test_slow_database_that_is_away_is_not_asked_again(monkeypatch):
    monkeypatch.setattr(retries, "QUICK", -1)
    work = Work(GONE)

    with pytest.raises(OperationalError):
        patiently(work)

    assert work.tries == 1


def test_watch_sees_what_is_kept_and_nothing_else(transactional_db):
    with watched() as looked:
        Department.objects.count()
        with transaction.atomic():
            Department.objects.create(name="Physics", slug="physics")
            transaction.set_rollback(True)
    with watched() as wrote:
        Department.objects.create(name="Physics", slug="physics")
    with watched() as updated:
        Department.objects.update(name="Chemistry")

    assert [watch.kept for watch in (looked, wrote, updated)] == [False, True, True]


# Requests

FORM = {"title": "Waves", "tag": ["a", "b"]}


@pytest.fixture
def page(settings):
    """`page("/awaited/", LOCKED, data=…)`: a page that fails so, as often as it is told."""
    settings.ROOT_URLCONF = "tests.digi.faulty_urls"
    client = Client(raise_request_exception=False)

    def ask(address: str, *faults: Exception, method: str = "post", **sent):
        return getattr(client, method)(address, **sent, **{"digi.faults": list(faults)})

    return ask


def test_form_is_read_again_with_its_file(page):
    file = SimpleUploadedFile("a.txt", b"all of it")

    answer = page("/awaited/", LOCKED, LOCKED, data={**FORM, "file": file})

    assert answer.json() == {"sent": {"title": ["Waves"], "tag": ["a", "b"]}, "read": ["all of it"]}


def test_body_of_a_program_is_read_again(page):
    answer = page("/api/v1/awaited/", LOCKED, data={"a": 1}, content_type="application/json")

    assert answer.json() == {"sent": '{"a": 1}', "read": []}


def test_request_that_has_waited_long_is_not_done_again(page, monkeypatch):
    monkeypatch.setattr(retries, "QUICK", -1)

    assert page("/awaited/", LOCKED, data=FORM).status_code == 503
    assert page("/awaited/", caused(OperationalError("deadlock"), sqlstate="40P01"), data=FORM).status_code == 200


def test_who_asks_is_read_anew(transactional_db, person, client_for, settings):
    settings.ROOT_URLCONF = "tests.digi.faulty_urls"

    answer = client_for(person("alice")).post("/renaming/", **{"digi.faults": [LOCKED, LOCKED]})

    assert answer.json() == {"name": "Alice!"}


def test_page_says_that_the_database_is_away_and_keeps_what_was_typed(page):
    answer = page("/awaited/", GONE, GONE, GONE, data={"title": "Waves <b>", "text": "one\ntwo"})

    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (
        503,
        "5",
        "no-store",
    )
    assert '<textarea name="title" hidden>\nWaves &lt;b&gt;</textarea>' in answer.text
    assert '<textarea name="text" hidden>\none\ntwo</textarea>' in answer.text
    assert "Send again" in answer.text


@pytest.mark.parametrize("sent", [{"login": "alice", "password": "hush-hush"}, {"mfa_code": "hush-hush"}])
def test_page_repeats_no_secret(page, sent):
    answer = page("/awaited/", GONE, GONE, GONE, data=sent)

    assert answer.status_code == 503
    assert "hush-hush" not in answer.text
    assert "Try again" in answer.text


def test_program_is_told_to_come_again(page):
    answer = page("/api/v1/awaited/", *[GONE] * 3, data={"a": 1}, content_type="application/json")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["status"], answer.json()["retry_after"]) == ("unavailable", 503, 5)


def test_somebody_faster_is_a_conflict(page):
    shown = page("/awaited/", TAKEN, TAKEN, TAKEN, data=FORM)
    told = page("/api/v1/awaited/", TAKEN, TAKEN, TAKEN, data={"a": 1}, content_type="application/json")

    assert (shown.status_code, told.status_code, told.json()["code"]) == (409, 409, "conflict")
    assert "Somebody was faster" in shown.text


def test_what_the_second_look_says_is_what_counts(page):
    from digi.errors import Conflict

    answer = page("/awaited/", TAKEN, Conflict("You have one already."), data=FORM)

    assert answer.status_code == 409
    assert "You have one already." in answer.text


def test_mistake_stays_a_mistake(page):
    assert page("/awaited/", ProgrammingError("no such table: x"), data=FORM).status_code == 500
    assert page("/awaited/", LOCKED, RuntimeError("ours"), data=FORM).status_code == 500


def test_request_that_has_kept_something_is_not_asked_again(page, monkeypatch):
    class Kept:
        """Somebody's view has committed before it failed."""

        def __enter__(self):
            return SimpleNamespace(kept=True, began=0)

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(retries, "watched", Kept)

    shown = page("/awaited/", LOCKED, data=FORM)
    told = page("/api/v1/awaited/", LOCKED, data={"a": 1}, content_type="application/json")

    assert (shown.status_code, told.status_code) == (503, 503)
    assert "some of it may be done" in shown.text
    assert "some of it may be done" in told.json()["detail"]
