import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digi.accounts.services import sessions
from digi.accounts.sockets import identify
from digi.realtime.publish import session_topic, user_topic
from tests.conftest import PASSWORD
from tests.digi.accounts.conftest import audited, closed

pytestmark = pytest.mark.django_db

LIST = "/accounts/sessions/"


def is_signed_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def handles(client: Client) -> dict[str, str]:
    """Session keys and the handles that the page gives them."""
    return {session.session_key: session.handle for session in client.get(LIST).context["sessions"]}


@pytest.fixture
def devices(alice, client_for):
    """Alice on two devices, both seen."""
    pair = client_for(alice), client_for(alice)
    for client in pair:
        client.get("/me/", headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    return pair


@pytest.fixture
def enter(alice):
    """Alice signs in by the form."""

    def post() -> None:
        answer = Client().post("/accounts/login/", {"login": alice.username, "password": PASSWORD})
        assert answer.status_code == 302

    return post


def test_list_shows_where_one_is_signed_in_and_no_key(devices):
    response = devices[0].get(LIST)

    assert len(response.context["sessions"]) == 2
    page = response.content.decode()
    for client in devices:
        assert client.session.session_key not in page


def test_one_session_is_ended_from_another(devices, alice, committed):
    here, there = devices
    key = there.session.session_key

    with committed() as events:
        here.post(LIST, {"session": handles(here)[key]})

    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert closed(events) == [(session_topic(key), 4401)]
    assert audited()[-1] == "session.ended"


def test_all_other_sessions_are_ended_at_once(devices, committed):
    here, there = devices
    key = there.session.session_key

    with committed() as events:
        here.post(LIST)

    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert closed(events) == [(session_topic(key), 4401)]


@pytest.mark.parametrize("handle", ["", "1", "1:forged", "x"])
def test_made_up_handles_end_nothing(devices, handle):
    assert devices[0].post(LIST, {"session": handle}).status_code == 404
    assert is_signed_in(devices[1])


def test_outsider_ends_nobodys_session(devices, charlie, client_for):
    here, there = devices
    handle = handles(here)[there.session.session_key]

    assert client_for(charlie).post(LIST, {"session": handle}).status_code == 404
    assert Client().post(LIST, {"session": handle}).status_code == 302
    assert is_signed_in(there)


def test_last_seen_is_written_once_a_minute(alice, client_for):
    client = client_for(alice)
    client.get("/me/")

    with CaptureQueriesContext(connection) as queries:
        client.get("/me/")

    assert UserSession.objects.get().user == alice
    assert not [query for query in queries if "usersession" in query["sql"]]


def test_list_of_sessions_follows_a_signed_in_request_only(client):
    client.get("/accounts/login/")

    assert not UserSession.objects.exists()


def test_start_makes_a_session_that_pages_and_sockets_accept(alice):
    key = sessions.start(user=alice)

    client = Client()
    client.cookies["sessionid"] = key
    assert is_signed_in(client)
    assert identify([key])[0].user_id == alice.pk


def test_end_all_but_one(devices, alice, committed):
    here, there = devices
    key = there.session.session_key

    with committed() as events:
        sessions.end_all(user=alice, keep=here.session.session_key)

    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert closed(events) == [(session_topic(key), 4401)]


def test_end_all_reaches_sessions_that_no_list_knows(alice, committed):
    sessions.start(user=alice)

    with committed() as events:
        sessions.end_all(user=alice)

    assert closed(events) == [(user_topic(alice.pk), 4401)]


def test_nothing_closes_before_the_commit(alice, client_for):
    from digi.realtime import outbox

    key = client_for(alice).session.session_key
    with outbox.collected() as events:
        sessions.end(session_keys=[key])

    assert closed(events) == []
    assert not Session.objects.filter(session_key=key).exists()


@pytest.mark.parametrize("earlier", [1, 3])
def test_sign_in_asks_as_much_however_many_sessions_there_are(earlier, alice, client_for, enter):
    for _ in range(earlier):
        client_for(alice).get("/me/")

    with CaptureQueriesContext(connection) as queries:
        enter()

    asked = [query for query in queries if "usersessions_usersession" in query["sql"]]
    assert UserSession.objects.filter(user=alice).count() == earlier + 1
    assert len(asked) == 3  # what has ended; is this one listed; it is now


def test_sign_in_takes_what_has_ended_off_the_list(alice, bob, client_for, enter):
    for person in (alice, bob):
        client_for(person).get("/me/")
    Session.objects.update(expire_date="2026-01-01T00:00Z")

    enter()

    assert UserSession.objects.filter(user=alice).count() == 1
    assert UserSession.objects.filter(user=bob).count() == 1
