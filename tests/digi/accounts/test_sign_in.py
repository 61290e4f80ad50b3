import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from digi.accounts.models import User
from digi.accounts.services import people
from digi.audit.models import AuditEvent
from tests.conftest import PASSWORD
from tests.digi.accounts.conftest import audited, closed
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
NOT_RIGHT = "The name or the password is not right."


def sign_in(login: str, password: str = PASSWORD, client: Client | None = None, **more):
    return (client or Client()).post(LOGIN, {"login": login, "password": password}, **more)


def test_form_has_the_fields_login_and_password():
    page = Client().get(LOGIN).content.decode()

    assert 'name="login"' in page
    assert 'name="password"' in page


@pytest.mark.parametrize("login", ["alice", "ALICE", " alice ", "alice@example.org", "Alice@Example.ORG"])
def test_sign_in_takes_the_name_or_the_address_in_any_case(alice, login):
    client = Client()

    assert sign_in(login, client=client).headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_sign_in_goes_where_one_wanted_to_go_and_nowhere_else(alice):
    assert sign_in("alice", client=Client(), query_params={"next": "/me/"}).headers["Location"] == "/me/"
    assert sign_in("alice", query_params={"next": "https://evil.example/"}).headers["Location"] == "/"
    assert sign_in("alice", query_params={"next": "//evil.example/"}).headers["Location"] == "/"


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("alice", "wrong"),
        ("alice@example.org", "wrong"),
        ("nobody", PASSWORD),
        ("nobody@example.org", PASSWORD),
        ("closed", PASSWORD),
        ("closed@example.org", PASSWORD),
        ("closed", "wrong"),
    ],
)
def test_wrong_unknown_and_closed_are_answered_alike(alice, login, password):
    PersonFactory(username="closed", is_active=False)

    response = sign_in(login, password)

    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [NOT_RIGHT]


@pytest.mark.parametrize("login", ["alice", "alice@example.org", "nobody", "nobody@example.org", "closed@example.org"])
def test_every_attempt_costs_one_hash(alice, login, monkeypatch):
    """The time of an answer must not tell who has an account here."""
    PersonFactory(username="closed", is_active=False)
    made = []
    encode = PBKDF2PasswordHasher.encode
    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", lambda *args: made.append(1) or encode(*args))

    sign_in(login, "wrong")

    assert len(made) == 1


def test_sign_in_lowers_nothing_but_names(alice):
    people.set_password(user=alice, password="MixedCase-and-long")

    assert sign_in("alice", "mixedcase-and-long").status_code == 200
    assert sign_in("alice", "MixedCase-and-long").status_code == 302


def test_session_ends_with_the_browser_unless_it_is_to_be_remembered(alice):
    once, kept = Client(), Client()

    sign_in("alice", client=once)
    kept.post(LOGIN, {"login": "alice", "password": PASSWORD, "remember": "on"})

    assert not once.cookies["sessionid"]["max-age"]
    assert kept.cookies["sessionid"]["max-age"] == 30 * 24 * 3600


def test_unproved_address_does_not_sign_in(mailoutbox):
    PersonFactory(username="newcomer", verified=False)

    response = sign_in("newcomer")

    assert response.headers["Location"] == "/accounts/confirm-email/"
    assert [mail.to for mail in mailoutbox] == [["newcomer@example.org"]]


def test_account_without_any_address_signs_in():
    """The first administrator is made on the command line, with a name and a password alone."""
    User.objects.create_superuser("first-admin", password=PASSWORD)

    assert sign_in("first-admin").headers["Location"] == "/"


def test_attempts_from_one_address_are_limited(alice, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/60s/ip", "login_failed": None}

    answers = [sign_in("alice", "wrong", REMOTE_ADDR="192.0.2.1").status_code for _attempt in range(4)]

    assert answers == [200, 200, 200, 429]
    assert sign_in("alice", REMOTE_ADDR="192.0.2.2").status_code == 302


def test_limits_come_from_digi_limits(settings):
    assert settings.ACCOUNT_RATE_LIMITS["login"] == f"{settings.DIGI_LIMITS['sign_in']}/ip"


def test_attempts_at_one_name_are_limited_with_one_answer_for_all(alice, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "2/60s/key"}

    answers = {}
    for login in ("alice", "nobody"):
        for _attempt in range(3):
            answers[login] = sign_in(login, "wrong").context["form"].non_field_errors()

    assert answers["alice"] == answers["nobody"] != [NOT_RIGHT]
    assert sign_in("alice").context["form"].non_field_errors() == answers["alice"]


@pytest.mark.parametrize("remote", ["", None])
def test_sign_in_works_over_a_unix_socket(alice, remote):
    client = Client()

    response = sign_in("alice", client=client, REMOTE_ADDR=remote)

    assert response.headers["Location"] == "/"
    page = client.get("/accounts/sessions/", REMOTE_ADDR=remote).content.decode()
    assert '<p class="sub">signed in now' in page
    assert "0.0.0.0" not in page


def test_behind_a_proxy_each_client_has_its_own_limit(alice, settings):
    settings.DIGI_TRUSTED_PROXIES = 1
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/60s/ip", "login_failed": None}

    def attempt(forwarded):
        return sign_in("alice", "wrong", REMOTE_ADDR="", headers={"X-Forwarded-For": forwarded}).status_code

    assert attempt("203.0.113.1") == 200
    assert attempt("10.0.0.1, 203.0.113.1") == 429
    assert attempt("203.0.113.2") == 200


def test_sign_in_and_failures_are_kept_without_what_was_typed(alice):
    sign_in("alice")
    sign_in("alice", "my-secret-typo")
    sign_in("my-secret-in-the-name-field", "x")

    lines = AuditEvent.objects.order_by("n")
    target = f"user:{alice.uuid}"
    assert [(line.action, line.actor, line.target, line.address) for line in lines] == [
        ("sign_in", alice, target, "127.0.0.1"),
        ("sign_in.failed", None, target, "127.0.0.1"),
        ("sign_in.failed", None, "", "127.0.0.1"),
    ]
    assert lines[0].details == {"methods": ["password"]}
    assert "secret" not in str(list(lines.values()))


def test_sign_out_ends_the_session_then_closes_its_sockets(alice, committed, client_for):
    from django.contrib.sessions.models import Session

    from digi.realtime.publish import session_topic

    client = client_for(alice)
    key = client.session.session_key

    with committed() as events:
        response = client.post("/accounts/logout/")

    assert response.headers["Location"] == "/"
    assert closed(events) == [(session_topic(key), 4401)]
    assert not Session.objects.filter(session_key=key).exists()
    assert audited() == ["sign_in", "sign_out"]


def test_sign_out_by_get_only_asks(alice, client_for):
    client = client_for(alice)

    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session


def test_sign_out_in_the_admin_closes_sockets_as_well(admin, committed, client_for):
    from digi.realtime.publish import session_topic

    client = client_for(admin)
    key = client.session.session_key

    with committed() as events:
        client.post("/admin/logout/")

    assert closed(events) == [(session_topic(key), 4401)]


def test_admin_signs_in_by_everybodys_door(admin, alice, client_for):
    assert Client().get("/admin/login/").headers["Location"].startswith("/accounts/login/?next=")
    assert Client().post("/admin/login/", {"username": "root-of-all", "password": PASSWORD}).status_code == 302
    assert client_for(admin).get("/admin/").status_code == 200
    assert client_for(alice).get("/admin/", follow=True).status_code == 403


def test_page_is_written_in_the_language_of_the_person(alice, client_for):
    alice.language = "de"
    alice.save()

    assert b'<html lang="de"' in client_for(alice).get("/me/").content
