from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from digi.accounts.models import Token, User
from digi.accounts.scopes import Scope
from digi.accounts.services import people, sessions, tokens
from digi.accounts.sockets import Identity, identify, identify_tokens, still_valid
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(alice) -> str:
    return sessions.start(user=alice)


@pytest.fixture
def secret(alice) -> str:
    return tokens.create(user=alice, name="Bot", scopes=[Scope.ROOMS_READ, Scope.ROOMS_WRITE])[1]


def rewrite(key: str, **values) -> None:
    """Change what a session says."""
    session = SessionStore(key)
    for name, value in values.items():
        session[name] = value
    session.save()


def test_identify_names_the_person(alice, key):

    assert identify([key]) == [Identity(alice.pk, "alice", key)]


def test_identify_answers_in_the_order_of_the_question(alice, bob, key):
    other = sessions.start(user=bob)

    found = identify([other, "nonsense", key, "", key, "a\0b"])

    assert [identity and identity.username for identity in found] == ["bob", None, "alice", None, "alice", None]


@pytest.mark.parametrize("count", [1, 3, 40])
def test_identify_takes_two_queries(count, django_assert_num_queries):
    keys = [sessions.start(user=PersonFactory()) for _number in range(count)]

    with django_assert_num_queries(2):
        assert all(identify(keys))


def test_identify_asks_nothing_for_nobody(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert identify([]) == []


def test_identify_refuses_an_expired_session(key):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert identify([key]) == [None]


def test_identify_refuses_an_anonymous_session():
    session = SessionStore()
    session["cart"] = 1
    session.create()

    assert identify([session.session_key]) == [None]


def test_identify_refuses_a_session_of_another_backend(key):
    rewrite(key, _auth_user_backend="django.contrib.auth.backends.RemoteUserBackend")

    assert identify([key]) == [None]


@pytest.mark.parametrize("proof", ["", "0" * 64, "ä"])
def test_identify_refuses_a_wrong_proof(key, proof):
    rewrite(key, _auth_user_hash=proof)

    assert identify([key]) == [None]


@pytest.mark.parametrize("user_id", ["", "x", "-1", "999999", "²"])
def test_identify_refuses_a_session_of_nobody(key, user_id):
    rewrite(key, _auth_user_id=user_id)

    assert identify([key]) == [None]


def test_identify_refuses_the_proof_of_somebody_else(key, bob):
    rewrite(key, _auth_user_id=str(bob.pk))

    assert identify([key]) == [None]


def test_identify_refuses_a_session_signed_by_another_key(key, settings):
    settings.SECRET_KEY = "another key, which nobody knows"

    assert identify([key]) == [None]


def test_identify_accepts_a_former_secret_key(key, alice, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key, for the same house", [settings.SECRET_KEY]

    assert identify([key])[0].user_id == alice.pk


def test_identify_refuses_after_a_change_of_password(key, alice):
    User.objects.filter(pk=alice.pk).update(password="md5$x$y")

    assert identify([key]) == [None]


@pytest.mark.parametrize("fields", [{"is_active": False}, {"anonymised_at": timezone.now()}])
def test_identify_refuses_closed_accounts(key, secret, alice, fields):
    User.objects.filter(pk=alice.pk).update(**fields)

    assert identify([key]) == [None]
    assert identify_tokens([secret]) == [None]


def test_identify_agrees_with_django_about_a_signed_in_client(alice, client_for):
    client = client_for(alice)

    assert client.get("/me/").status_code == 200
    assert identify([client.session.session_key])[0].user_id == alice.pk


def test_identify_tokens_names_the_person_and_the_scopes(alice, secret):
    token = Token.objects.get()
    scopes = frozenset({"rooms:read", "rooms:write"})

    assert identify_tokens([secret]) == [Identity(alice.pk, "alice", None, token.digest, scopes)]


def test_identify_tokens_refuses_what_is_none(secret):
    assert identify_tokens(["", "digi_", secret[:-1], secret + "0", secret.upper(), "\ud800", "ü"]) == [None] * 7


def test_identify_tokens_refuses_an_expired_one(secret):
    Token.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    assert identify_tokens([secret]) == [None]


def test_identify_tokens_takes_one_query(alice, django_assert_num_queries):
    secrets = [tokens.create(user=alice, name=str(n), scopes=["me:read"])[1] for n in range(3)]

    with django_assert_num_queries(1):
        assert all(identify_tokens(secrets))


def test_identity_grants_everything_to_sessions_and_scopes_to_tokens(key, secret):
    by_session, by_token = identify([key])[0], identify_tokens([secret])[0]

    assert by_session.grants("me:write")
    assert by_token.grants("rooms:write")
    assert not by_token.grants("me:write")


def test_still_valid_says_so_for_each(alice, bob, key, secret):
    other = sessions.start(user=bob)
    identities = [identify([key])[0], identify([other])[0], identify_tokens([secret])[0]]
    assert still_valid(identities) == [True, True, True]

    sessions.end(session_keys=[other])
    assert still_valid(identities) == [True, False, True]

    tokens.revoke(token=Token.objects.get(), by=alice)
    assert still_valid(identities) == [True, False, False]

    people.deactivate(user=alice)
    assert still_valid(identities) == [False, False, False]


def test_still_valid_refuses_a_session_that_became_somebody_elses(alice, bob, key):
    identity = identify([key])[0]
    rewrite(key, _auth_user_id=str(bob.pk), _auth_user_hash=bob.get_session_auth_hash())

    assert identify([key])[0].user_id == bob.pk
    assert still_valid([identity]) == [False]


def test_still_valid_takes_three_queries_however_many(alice, secret, django_assert_num_queries):
    identities = [identify([sessions.start(user=PersonFactory())])[0] for _number in range(20)]
    identities += identify_tokens([secret])

    with django_assert_num_queries(3):
        assert all(still_valid(identities))
