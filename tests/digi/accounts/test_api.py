import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digi.accounts.services import profiles, tokens
from tests.factories import PersonFactory
from tests.pictures import picture, upload

pytestmark = pytest.mark.django_db

PEOPLE, ME = "/api/v1/people/", "/api/v1/me/"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.DIGI_FILES = tmp_path


def bearer(user, *scopes) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.create(user=user, name='bot', scopes=scopes)[1]}"}


def test_people_are_found_by_name(alice, bob, client_for):
    profiles.set_avatar(user=bob, upload=upload(picture()))

    answer = client_for(alice).get(PEOPLE, {"q": "ozil"}).json()

    [found] = answer["results"]
    assert found["user"] == "bob"
    assert found["display_name"] == "Bob Özil"
    assert found["initials"] == "BÖ"
    assert found["tint"] == bob.tint
    assert found["avatar"] == f"/files/{bob.avatar.uuid}/"


def test_people_show_no_addresses(alice, bob, client_for):
    answer = client_for(alice).get(PEOPLE, {"q": "bob"})

    assert "example.org" not in answer.content.decode()
    assert client_for(alice).get(PEOPLE, {"q": "example"}).json() == {"results": []}


@pytest.mark.parametrize("words", ["", "b"])
def test_people_want_two_letters(alice, bob, client_for, words):
    assert client_for(alice).get(PEOPLE, {"q": words}).json() == {"results": []}


def test_people_take_the_same_queries_for_one_and_three(alice, client_for):
    client = client_for(alice)

    def count(people) -> int:
        for _number in range(people):
            profiles.set_avatar(user=PersonFactory(display_name="Zwilling"), upload=upload(picture()))
        client.get(PEOPLE, {"q": "zwilling"})
        with CaptureQueriesContext(connection) as queries:
            client.get(PEOPLE, {"q": "zwilling"})
        return len(queries)

    assert count(1) == count(2)


def test_me_shows_and_changes_the_own_profile(alice, client_for):
    client = client_for(alice)

    before = client.get(ME).json()
    after = client.patch(ME, {"display_name": "A\u202elice", "invisible": True}, content_type="application/json").json()

    assert (before["user"], before["display_name"], before["invisible"]) == ("alice", "Alice Meyer", False)
    assert after == before | {"display_name": "Alice", "initials": "A", "invisible": True}


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_zone", "Mars"), ("language", "tlh"), ("display_name", "x" * 121), ("invisible", "perhaps")],
)
def test_me_names_the_field_that_is_wrong(alice, client_for, field, value):
    answer = client_for(alice).patch(ME, {field: value}, content_type="application/json")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_me_changes_nothing_that_is_not_ones_own_to_change(alice, client_for):
    fields = {"user": "mallory", "is_staff": True, "email": "x@example.org", "is_superuser": True}

    client_for(alice).patch(ME, fields, content_type="application/json")

    alice.refresh_from_db()
    assert (alice.username, alice.is_staff, alice.email) == ("alice", False, "alice@example.org")


def test_tokens_reach_what_they_are_for(alice):
    client = Client()
    reader, writer = bearer(alice, "me:read"), bearer(alice, "me:write")

    assert client.get(ME, headers=reader).json()["user"] == "alice"
    assert client.patch(ME, {"invisible": True}, content_type="application/json", headers=reader).status_code == 403
    assert client.patch(ME, {"invisible": True}, content_type="application/json", headers=writer).status_code == 200
    assert client.get(PEOPLE, {"q": "bob"}, headers=reader).status_code == 403
    assert client.get(PEOPLE, {"q": "bob"}, headers=bearer(alice, "people:read")).status_code == 200


@pytest.mark.parametrize("path", [PEOPLE, ME])
def test_outsiders_are_refused(alice, path):
    answer = Client().get(path, {"q": "alice"})

    assert answer.status_code == 401
    assert b"Alice" not in answer.content
    assert Client().get(path, headers={"Authorization": "Bearer digi_made_up"}).status_code == 401


def test_session_changes_want_the_csrf_token(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    assert client.patch(ME, {"invisible": True}, content_type="application/json").status_code == 403
