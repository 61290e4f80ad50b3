"""What the worker removes of sign-ins that are over, and what it leaves alone."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digi.accounts.models import Token
from digi.accounts.services import keeping, sessions, tokens
from digi.worker.registry import duties
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def _signed_in(user) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    return client


def _expire(client: Client) -> None:
    _let_an_hour_pass()
    Session.objects.filter(session_key=client.session.session_key).update(expire_date=timezone.now())


def _let_an_hour_pass() -> None:
    UserSession.objects.update(created_at=timezone.now() - timedelta(hours=1))


def test_expired_sessions_go_with_their_lines_on_the_list_and_running_ones_stay(person):
    alice = person("alice")
    gone, stays = _signed_in(alice), _signed_in(alice)
    sessions.start(user=alice)  # a program's, which no list knows
    _expire(gone)

    keeping.tidy()

    assert Session.objects.count() == 2
    assert [line.session_key for line in UserSession.objects.all()] == [stays.session.session_key]
    assert stays.get("/me/").status_code == 200


def test_a_line_whose_session_somebody_else_removed_goes(person):
    _signed_in(person("alice"))
    Session.objects.all().delete()
    _let_an_hour_pass()

    keeping.tidy()

    assert not UserSession.objects.exists()


def test_a_line_that_a_sign_in_has_just_written_waits_for_its_session(person):
    _signed_in(person("alice"))
    Session.objects.all().delete()

    keeping.tidy()

    assert UserSession.objects.count() == 1


def test_tokens_go_a_month_after_they_expired(person):
    alice = person("alice")
    ages = {"runs": -1, "expired": 29, "forgotten": 31}
    for name, days in ages.items():
        token, _secret = tokens.create(user=alice, name=name, scopes=["rooms:read"])
        Token.objects.filter(pk=token.pk).update(expiry=timezone.now() - timedelta(days=days))

    keeping.tidy()

    assert set(Token.objects.values_list("name", flat=True)) == {"runs", "expired"}


def test_many_go_in_portions(monkeypatch):
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    Session.objects.bulk_create(
        Session(session_key=f"old-{n}", session_data="", expire_date=timezone.now()) for n in range(5)
    )

    with CaptureQueriesContext(connection) as queries:
        keeping.tidy()

    deletes = [query for query in queries if query["sql"].startswith("DELETE") and "django_session" in query["sql"]]
    assert (Session.objects.count(), len(deletes)) == (0, 3)


def test_the_worker_does_it_every_hour():
    assert (duties["sign-ins"].work, duties["sign-ins"].minutes) == (keeping.tidy, 60)
