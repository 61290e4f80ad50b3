"""A session is written once at a sign-in, and keeps everything Django's does."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digi.accounts.session_store import SessionStore
from tests.conftest import PASSWORD
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def test_a_sign_in_inserts_its_session_once_and_updates_nothing(client: Client) -> None:
    user = PersonFactory()

    with CaptureQueriesContext(connection) as queries:
        client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})

    writes = [q["sql"] for q in queries if "django_session" in q["sql"] and not q["sql"].startswith("SELECT")]
    assert [sql.split()[0] for sql in writes] == ["INSERT"]
    assert str(Session.objects.get().get_decoded()["_auth_user_id"]) == str(user.pk)


def test_another_sign_in_of_the_same_browser_leaves_one_session(client: Client) -> None:
    user, other = PersonFactory(), PersonFactory()

    for person in (user, other):
        client.post("/accounts/logout/")
        client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})

    assert Session.objects.get().get_decoded()["_auth_user_id"] == str(other.pk)
    assert list(other.usersession_set.values_list("session_key", flat=True)) == [Session.objects.get().session_key]


def test_a_written_session_goes_on_under_another_key_at_once() -> None:
    session = SessionStore()
    session["kept"] = "this"
    session.save()
    former = session.session_key

    session.cycle_key()

    assert session.session_key != former
    assert SessionStore(session.session_key)["kept"] == "this"
    assert not session.exists(former)


def test_a_new_session_exists_when_it_is_saved_and_not_before() -> None:
    session = SessionStore()
    session.cycle_key()
    key = session.session_key

    before = session.exists(key)
    session.save()

    assert (before, session.exists(key)) == (False, True)
