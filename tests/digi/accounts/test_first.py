"""The first administrator: by a link that works for a day and once, or from the environment; never a second one."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from digi.accounts.models import User
from digi.accounts.services import first, people
from digi.audit.models import AuditEvent

PASSWORD = "a long enough sentence"
FIELDS = {"username": "Ada", "email": "ada@example.org", "password1": PASSWORD, "password2": PASSWORD}
pytestmark = pytest.mark.django_db


@pytest.fixture
def said(settings, monkeypatch):
    """Run the command with these variables; what it prints."""
    settings.DIGI_HOME = "https://digi.example"

    def run(**variables: str) -> str:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        out = StringIO()
        call_command("first_administrator", stdout=out)
        return out.getvalue()

    return run


def _path(text: str) -> str:
    return re.search(r"https://digi\.example(/first/\S+/)", text)[1]


def test_link_makes_an_administrator_who_signs_in_at_once(said, client):
    path = _path(said())

    page = client.get(path)
    made = client.post(path, FIELDS)
    client.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})

    assert page.status_code == 200
    assert (made.status_code, made.url) == (302, "/accounts/login/")
    assert client.get("/admin/").status_code == 200
    assert User.objects.get().username == "ada"
    assert list(AuditEvent.objects.order_by("n").values_list("action", flat=True))[:2] == [
        "administrator.first",
        "person.created",
    ]


def test_link_works_once(said, client):
    path = _path(said())
    client.post(path, FIELDS)

    again = client.post(path, {**FIELDS, "username": "eve", "email": "eve@example.org"})

    assert (client.get(path).status_code, again.status_code) == (404, 404)
    assert "This link no longer works" in again.text
    assert User.objects.count() == 1
    assert said() == "There is an administrator.\n"


@pytest.mark.parametrize("key", ["", "x", "ImZpcnN0IGFkbWluaXN0cmF0b3Ii:1vMZ8d:made-up"])
def test_made_up_keys_open_nothing(client, key):
    assert client.post(f"/first/{key}/", FIELDS).status_code == 404
    assert not User.objects.exists()


def test_link_is_over_after_a_day(said, client, monkeypatch):
    path = _path(said())
    monkeypatch.setattr(first, "LIFETIME", timedelta(seconds=-1))

    assert client.post(path, FIELDS).status_code == 404
    assert not User.objects.exists()


def test_link_of_another_server_opens_nothing(said, client, settings):
    path = _path(said())
    settings.SECRET_KEY = "another"

    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password2": "another long sentence"}, "These two passwords differ."),
        ({"username": "a b/c"}, "username"),
        ({"email": "nowhere"}, "valid email"),
    ],
)
def test_faults_stand_beside_their_fields_and_the_link_still_works(said, client, fields, sentence):
    path = _path(said())

    refused = client.post(path, {**FIELDS, **fields})

    assert (refused.status_code, User.objects.exists()) == (422, False)
    assert sentence in refused.text
    assert client.post(path, FIELDS).status_code == 302


def test_two_who_open_it_at_once_are_not_both_administrators():
    first.create(username="ada", email="ada@example.org", password=PASSWORD)

    with pytest.raises(first.Conflict):
        first.create(username="eve", email="eve@example.org", password=PASSWORD)

    assert User.objects.count() == 1


def test_an_administrator_who_was_closed_out_counts_as_none(said):
    ada = first.create(username="ada", email="ada@example.org", password=PASSWORD)
    User.objects.filter(pk=ada.pk).update(is_active=False)

    assert "There is no administrator yet." in said()


def test_ordinary_people_are_no_administrators(said):
    people.create(username="bob", email="bob@example.org", password=PASSWORD)

    assert "There is no administrator yet." in said()


def test_password_from_a_file_makes_the_account_and_a_second_start_changes_nothing(said, client, tmp_path):
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    given = {"DIGI_ADMIN_EMAIL": "ada@example.org", "DIGI_ADMIN_PASSWORD_FILE": str(tmp_path / "password")}

    once, twice = said(**given), said(**given)

    assert once == "admin is the administrator, and can sign in with ada@example.org, too.\n"
    assert twice == "There is an administrator.\n"
    answer = client.post("/accounts/login/", {"login": "admin", "password": PASSWORD})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"DIGI_ADMIN_PASSWORD": PASSWORD}, "needs DIGI_ADMIN_EMAIL"),
        ({"DIGI_ADMIN_PASSWORD": "short", "DIGI_ADMIN_EMAIL": "a@example.org"}, "too short"),
        ({"DIGI_ADMIN_PASSWORD": PASSWORD, "DIGI_ADMIN_EMAIL": "nowhere"}, "email"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_made(said, variables, complaint):
    with pytest.raises(CommandError, match=complaint):
        said(**variables)

    assert not User.objects.exists()
