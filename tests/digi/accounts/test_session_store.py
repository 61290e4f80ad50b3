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


# Another secret key

PAGE = "/me/"
FRESH = "a secret key of tomorrow, which nobody has seen"


@pytest.fixture
def signed_in(client: Client):
    """A browser with Alice's session, and its key."""
    user = PersonFactory()
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    return client, client.cookies["sessionid"].value


def test_session_outlives_the_rotation_of_the_secret_key(signed_in, settings) -> None:
    client, key = signed_in
    old = settings.SECRET_KEY

    for settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS in ((old, [FRESH]), (FRESH, [old]), (FRESH, [])):
        assert client.get(PAGE).status_code == 200
        assert client.cookies["sessionid"].value == key
    assert Session.objects.get().session_key == key


def test_two_processes_in_the_midst_of_a_rotation_serve_the_same_session(signed_in, settings) -> None:
    client, key = signed_in
    old = settings.SECRET_KEY

    for settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS in 2 * [(FRESH, [old]), (old, [FRESH])]:
        assert client.get(PAGE).status_code == 200
    assert client.cookies["sessionid"].value == key


def test_session_of_a_secret_key_that_is_gone_is_worth_nothing(signed_in, settings) -> None:
    client, _ = signed_in
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = FRESH, []

    assert client.get(PAGE).status_code == 302


def test_change_of_password_gives_the_session_another_key_in_a_rotation_too(signed_in, settings) -> None:
    client, key = signed_in
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = FRESH, [settings.SECRET_KEY]
    new = "another horse, another battery"

    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert client.cookies["sessionid"].value != key
    assert client.get(PAGE).status_code == 200
    assert not Session.objects.filter(session_key=key).exists()
