import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digi.accounts.models import User
from digi.accounts.services import people, profiles
from tests.factories import PersonFactory
from tests.pictures import picture, upload

pytestmark = pytest.mark.django_db


def found(client, words, **headers) -> list[str]:
    return [person.username for person in client.get("/people/", {"q": words}, headers=headers).context["people"]]


def test_directory_finds_people_by_parts_of_their_names(alice, bob, client_for):
    client = client_for(alice)

    assert found(client, "bo") == ["bob"]
    assert found(client, "OZIL") == ["bob"]
    assert found(client, "özil bob") == ["bob"]


@pytest.mark.parametrize("words", ["", "b", " b ", "b\u200b", "%%", "__"])
def test_directory_wants_two_letters(alice, bob, client_for, words):
    assert found(client_for(alice), words) == []


def test_directory_neither_searches_nor_shows_addresses(alice, client_for):
    PersonFactory(username="dora", email="needle@secret.example")
    client = client_for(alice)

    assert found(client, "needle") == []
    page = client.get("/people/", {"q": "dora"}).content.decode()
    assert "dora" in page
    assert "secret.example" not in page


def test_directory_leaves_out_oneself_and_those_who_left(alice, client_for):
    gone, off = PersonFactory(username="meyer-gone"), PersonFactory(username="meyer-off")
    PersonFactory(username="meyer-here")
    people.anonymise(user=gone)
    people.deactivate(user=off)

    assert found(client_for(alice), "meyer") == ["meyer-here"]
    assert found(client_for(alice), "deleted") == []


def test_directory_shows_twenty_at_most(alice, client_for):
    for number in range(25):
        PersonFactory(username=f"twin{number:02}")

    assert len(found(client_for(alice), "twin")) == 20


def test_directory_takes_the_same_queries_for_one_and_three(alice, client_for, settings, tmp_path):
    settings.DIGI_FILES = tmp_path
    client = client_for(alice)

    def count(people) -> int:
        for _number in range(people):
            profiles.set_avatar(user=PersonFactory(display_name="Zwilling"), upload=upload(picture()))
        client.get("/people/", {"q": "zwilling"})
        with CaptureQueriesContext(connection) as queries:
            client.get("/people/", {"q": "zwilling"})
        return len(queries)

    assert count(1) == count(2)


def test_directory_is_closed_to_outsiders(bob):
    response = Client().get("/people/", {"q": "bob"})

    assert response.status_code == 302
    assert b"Bob" not in response.content


def test_found_by_chains_after_other_filters(alice, bob):
    assert list(User.objects.exclude(pk=bob.pk).found_by("bo")) == []
    assert list(User.objects.found_by("bo")) == [bob]
