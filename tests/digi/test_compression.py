"""What of the answers is compressed on its way."""

import gzip

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
ZIPPED = {"Accept-Encoding": "gzip, br"}


def test_pages_are_compressed_for_who_takes_it(client_for, person):
    alice = client_for(person("alice"))

    plain, small = alice.get("/people/"), alice.get("/people/", headers=ZIPPED)

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert b"Alice" in gzip.decompress(small.content)
    assert len(small.content) < len(plain.content) / 2


def test_words_of_scripts_are_compressed(client_for, person):
    alice = client_for(person("alice", language="de"))

    words = alice.get("/jsi18n/", headers=ZIPPED)

    assert words.headers["Content-Encoding"] == "gzip"
    assert len(words.content) < 10_000 < len(gzip.decompress(words.content))


def test_two_answers_of_one_page_differ_in_length():
    lengths = {len(Client().get("/accounts/login/", headers=ZIPPED).content) for _ in range(20)}

    assert len(lengths) > 2  # so that a length tells nothing of what a page holds


def test_answers_of_the_api_stay_as_they_are():
    answer = Client().get("/api/schema/", {"format": "json"}, headers=ZIPPED)

    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
