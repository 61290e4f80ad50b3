"""A PostgreSQL that is ended, loses connections and finds deadlocks, seen from a page, the API and two transactions."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.http import JsonResponse
from django.test import Client
from django.urls import path

from digi import faults, urls
from digi.retries import patiently
from tests.postgres import PostgresServer


class Once:
    """Does something to the first request alone."""

    def __init__(self) -> None:
        self.act: Callable[[], object] | None = None

    def __call__(self) -> None:
        act, self.act = self.act, None
        if act is not None:
            act()


meanwhile = Once()


def look(request):
    """One reads, and another transaction writes; between them something may happen."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE place SET seen = seen + 1 WHERE name = 'a'")
        meanwhile()
        cursor.execute("SELECT seen FROM place WHERE name = 'a'")
        return JsonResponse({"seen": cursor.fetchone()[0], "title": request.POST.get("title", "")})


def two_steps(request):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE place SET seen = seen + 1 WHERE name = 'a'")  # and is kept
    return look(request)


urlpatterns = [path("look/", look), path("steps/", two_steps), path("api/v1/look/", look), *urls.urlpatterns]
handler500 = faults.failed


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture
def there(postgres, settings, monkeypatch, django_db_blocker) -> Iterator[Callable[..., Any]]:
    """`there(act, …)`: the act, in a thread of its own, whose database is that PostgreSQL."""
    settings.ROOT_URLCONF = __name__
    monkeypatch.setitem(connections.settings, "default", _settings(postgres))
    threads = ThreadPoolExecutor(2)

    def run(act, *arguments):
        try:
            return act(*arguments)
        finally:
            connections.close_all()

    def start(act, *arguments):
        return threads.submit(run, act, *arguments)

    with django_db_blocker.unblock():
        start(_tables).result()
        yield start
        threads.shutdown()


def _settings(server: PostgresServer) -> dict[str, Any]:
    known = connections.settings["default"] | {"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1"}
    known |= {"NAME": "digi", "USER": "digi", "PASSWORD": server.password, "PORT": server.port}
    return known | {"OPTIONS": {}, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def _tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS place")
        cursor.execute("CREATE TABLE place (name text PRIMARY KEY, seen integer)")
        cursor.execute("INSERT INTO place VALUES ('a', 0), ('b', 0)")


def _sent(address: str, **data):
    return Client(raise_request_exception=False).post(address, data or {"title": "Waves"})


def test_page_and_api_say_so_while_the_database_is_away_and_go_on_when_it_is_back(there, postgres):
    postgres.stop()
    page, problem = there(_sent, "/look/").result(), there(_sent, "/api/v1/look/").result()
    postgres.start()
    afterwards = there(_sent, "/look/").result()

    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert '<textarea name="title" hidden>\nWaves</textarea>' in page.text
    assert (problem.status_code, problem.headers["Retry-After"], problem.json()["code"]) == (503, "5", "unavailable")
    assert (afterwards.status_code, afterwards.json()) == (200, {"seen": 1, "title": "Waves"})


def test_connection_that_is_lost_midway_is_made_anew_and_the_page_done_again(there):
    meanwhile.act = _lose_it

    answer = there(_sent, "/look/").result()

    assert answer.json() == {"seen": 1, "title": "Waves"}


def test_page_that_has_kept_something_is_not_done_twice(there):
    meanwhile.act = _lose_it

    answer = there(_sent, "/steps/").result()

    assert answer.status_code == 503
    assert there(_seen, "a").result() == 1


def test_deadlocked_transactions_both_come_through(there):
    met = threading.Barrier(2)

    def both(first: str, second: str) -> int:
        tries = 0

        @transaction.atomic
        def act() -> None:
            nonlocal tries
            tries += 1
            _raise(first)
            if tries == 1:
                met.wait(30)
            _raise(second)

        patiently(act)
        return tries

    tries = [there(both, "a", "b"), there(both, "b", "a")]

    assert sorted(one.result() for one in tries) == [1, 2]
    assert [there(_seen, name).result() for name in "ab"] == [2, 2]


def _raise(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE place SET seen = seen + 1 WHERE name = %s", [name])


def _seen(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seen FROM place WHERE name = %s", [name])
        return cursor.fetchone()[0]


def _lose_it() -> None:
    """As a restart of the database, or a firewall, would end it."""
    mine = connection.connection.info.backend_pid
    with connection.copy().cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [mine])
        other.connection.close()
