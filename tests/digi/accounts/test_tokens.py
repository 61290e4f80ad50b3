import re

import pytest
from django.test import Client

from digi.accounts.models import Token
from digi.accounts.services import tokens
from digi.accounts.sockets import identify_tokens
from digi.audit.models import AuditEvent
from digi.errors import Conflict, Invalid
from digi.realtime.publish import session_topic
from tests.conftest import PASSWORD
from tests.digi.accounts.conftest import audited, closed

pytestmark = pytest.mark.django_db

LIST = "/me/tokens/"


@pytest.fixture
def browser(alice) -> Client:
    """Alice, who has just shown her password again."""
    client = Client()
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    client.post("/accounts/reauthenticate/?next=/me/tokens/", {"password": PASSWORD})
    return client


def test_create_gives_the_secret_once_and_keeps_only_its_digest(alice):
    token, secret = tokens.create(user=alice, name=" My\u200b bot ", scopes=["rooms:write", "rooms:read", "rooms:read"])

    assert (token.name, token.scopes, token.user) == ("My bot", "rooms:read rooms:write", alice)
    assert identify_tokens([secret])[0].username == "alice"
    line = AuditEvent.objects.get()
    assert line.details == {"token": str(token.uuid), "scopes": ["rooms:read", "rooms:write"]}
    assert secret not in str(AuditEvent.objects.values())


@pytest.mark.parametrize(("name", "scopes"), [("", ["me:read"]), ("\u200b", ["me:read"]), ("x", []), ("x", ["root"])])
def test_create_wants_a_name_and_known_scopes(alice, name, scopes):
    with pytest.raises(Invalid):
        tokens.create(user=alice, name=name, scopes=scopes)

    assert not Token.objects.exists()


def test_create_stops_at_a_limit(alice, monkeypatch):
    monkeypatch.setattr(tokens, "AT_MOST", 1)
    tokens.create(user=alice, name="one", scopes=["me:read"])

    with pytest.raises(Conflict):
        tokens.create(user=alice, name="two", scopes=["me:read"])


def test_revoke_ends_the_token_and_its_sockets(alice, committed):
    token, secret = tokens.create(user=alice, name="bot", scopes=["me:read"])
    digest = token.digest

    with committed() as events:
        tokens.revoke(token=token, by=alice)

    assert identify_tokens([secret]) == [None]
    assert closed(events) == [(session_topic(digest), 4401)]
    assert audited() == ["token.created", "token.revoked"]


def test_page_shows_a_new_secret_once(browser):
    made = browser.post(LIST, {"name": "bot", "scopes": ["rooms:read"]})
    secret = made.context["secret"]

    assert secret.startswith("digi_")
    assert secret in made.content.decode()
    assert "no-store" in made.headers["Cache-Control"]
    assert secret not in browser.get(LIST).content.decode()


def test_page_wants_the_password_again_before_a_token_is_made(alice, client_for):
    response = client_for(alice).post(LIST, {"name": "bot", "scopes": ["rooms:read"]})

    assert response.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not Token.objects.exists()


def test_page_says_what_is_missing(browser):
    response = browser.post(LIST, {"name": "bot"})

    assert response.status_code == 422
    assert response.context["form"].errors["scopes"]
    assert 'value="bot"' in response.content.decode()


def test_page_revokes_ones_own_token_alone(alice, charlie, client_for, browser):
    token, _secret = tokens.create(user=alice, name="bot", scopes=["me:read"])
    address = f"/me/tokens/{token.uuid}/revoke/"

    assert client_for(charlie).post(address).status_code == 404
    assert Client().post(address).status_code == 302
    assert browser.get(address).status_code == 405
    assert Token.objects.exists()
    assert browser.post(address).headers["Location"] == LIST
    assert not Token.objects.exists()


def test_second_click_on_revoke_is_led_to_where_the_first_one_went(alice, browser):
    token, _secret = tokens.create(user=alice, name="bot", scopes=["me:read"])
    sent = {"once": re.search(r'name="once" value="([^"]+)"', browser.get(LIST).text).group(1)}

    answers = [browser.post(f"/me/tokens/{token.uuid}/revoke/", sent) for _ in range(2)]

    assert [answer.headers["Location"] for answer in answers] == [LIST, LIST]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Read rooms and messages"), ("de", "Räume und Nachrichten lesen")]
)
def test_page_says_in_words_what_a_token_may(alice, client_for, language, words):
    alice.language = language
    alice.save()
    token, _secret = tokens.create(user=alice, name="bot", scopes=["rooms:read", "me:write"])
    Token.objects.filter(pk=token.pk).update(scopes="rooms:read gone:since")

    page = client_for(alice).get(LIST).content.decode()

    assert f"<li>{words} <code>rooms:read</code></li><li> <code>gone:since</code></li>" in page


def test_page_shows_nobody_elses_tokens(alice, charlie, client_for):
    tokens.create(user=alice, name="bot of alice", scopes=["me:read"])

    assert "bot of alice" not in client_for(charlie).get(LIST).content.decode()
    assert Client().get(LIST).status_code == 302
