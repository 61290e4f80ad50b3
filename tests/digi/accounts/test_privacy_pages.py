"""What is held about oneself, as a page: looked at, taken away, erased."""

import io
import json
import zipfile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digi.accounts.models import User
from digi.accounts.services import profiles, tokens
from digi.environment import Rate
from tests.chat.reading import words
from tests.conftest import PASSWORD
from tests.digi.accounts.conftest import audited
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

PAGE, EXPORT, ERASE = "/me/privacy/", "/me/privacy/export/", "/me/privacy/erase/"


@pytest.fixture
def browser(alice) -> Client:
    """Alice, who has just shown her password again."""
    client = Client()
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    client.post("/accounts/reauthenticate/?next=/me/", {"password": PASSWORD})
    return client


def test_page_counts_what_would_go_and_says_why_the_rest_stays(alice, client_for):
    tokens.create(user=alice, name="bot", scopes=["me:read"])
    tokens.create(user=alice, name="other", scopes=["me:read"])

    text = words(client_for(alice).get(PAGE))

    assert "Tokens for programs 2" in text
    assert "under a name that says nothing What was done to accounts, rights and theses must stay checkable" in text
    assert "Erase my account" in text


def test_page_tells_the_last_administrator_what_stands_in_the_way(admin, root):
    alone = words(root.get(PAGE))
    PersonFactory(is_superuser=True)
    helped = words(root.get(PAGE))

    assert "Something stands in the way. This is the last administrator" in alone
    assert "Erase my account" not in alone
    assert "Something stands in the way" not in helped


def test_page_shows_everybody_their_own(alice, bob, charlie, client_for):
    tokens.create(user=alice, name="bot", scopes=["me:read"])

    seen = [words(client_for(person).get(PAGE)) for person in (alice, bob, charlie)]

    assert ["Tokens for programs" in text for text in seen] == [True, False, False]


def test_page_asks_the_database_as_often_for_much_as_for_little(alice, client_for):
    client, counts = client_for(alice), []
    client.get(PAGE)
    for number in (1, 2):
        for n in range(number):
            tokens.create(user=alice, name=f"bot {number} {n}", scopes=["me:read"])
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("path", [PAGE, EXPORT, ERASE])
def test_strangers_are_led_to_the_door(client, db, path):
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/")


def test_archive_is_streamed_and_noted(alice, bob, client_for):
    answer = client_for(alice).get(EXPORT)

    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    (profile,) = json.loads(archive.read("profile.json"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="digi-alice.zip"'
    assert profile["username"] == "alice"
    assert audited()[1:] == ["person.exported"]


def test_archive_is_not_made_without_end(alice, client_for, settings):
    settings.DIGI_LIMITS = {**settings.DIGI_LIMITS, "exports": Rate(1, 3600)}
    client = client_for(alice)
    client.get(EXPORT)

    refused = client.get(EXPORT)

    assert refused.status_code == 429
    assert "Wait a little" in words(refused)


def test_erasing_asks_for_a_fresh_sign_in(alice, client_for):
    client = client_for(alice)

    answers = [client.get(ERASE), client.post(ERASE)]

    assert [answer.url.split("?")[0] for answer in answers] == ["/accounts/reauthenticate/"] * 2
    alice.refresh_from_db()
    assert alice.anonymised_at is None


def test_erasing_asks_names_the_act_and_does_it(browser, alice):
    asked = browser.get(ERASE)
    done = browser.post(ERASE, follow=True)

    assert "Erase the account alice for good?" in words(asked)
    assert done.redirect_chain == [("/erased/", 302)]
    assert "You are signed out everywhere" in words(done)
    assert "E-mail addresses 1" in words(done)
    alice.refresh_from_db()
    assert alice.anonymised_at is not None
    assert alice.username.startswith("deleted-")
    assert browser.get(PAGE).url.startswith("/accounts/login/")


def test_last_look_speaks_the_language_of_who_it_was(browser, alice):
    profiles.change(user=alice, language="de")

    page = browser.post(ERASE, follow=True)

    assert '<html lang="de">' in page.content.decode()
    assert "E-Mail-Adressen 1" in words(page)


def test_erasing_leaves_others_as_they_are(browser, bob, charlie):
    browser.post(ERASE)

    assert set(User.objects.filter(anonymised_at=None).values_list("username", flat=True)) == {"bob", "charlie"}


def test_erasing_refuses_the_last_administrator_and_says_so(browser, alice):
    User.objects.filter(pk=alice.pk).update(is_superuser=True)

    refused = browser.post(ERASE)

    assert refused.status_code == 422
    assert "Nothing was erased. This is the last administrator" in words(refused)
    alice.refresh_from_db()
    assert alice.anonymised_at is None


def test_last_look_is_for_those_who_have_erased(client, alice, client_for):
    assert client.get("/erased/").url == "/"
    assert client_for(alice).get("/erased/").url == "/"
