"""Errors have one look; missing and forbidden cannot be told apart by their words."""

import re

import pytest
from django.test import Client


@pytest.fixture
def faulty(settings) -> Client:
    settings.ROOT_URLCONF = "tests.digi.faulty_urls"
    return Client(raise_request_exception=False)


def _words(page) -> str:
    body = page.text.split("<body", 1)[1]
    return re.sub(r"req-\w+|\b40[34]\b|name=\"csrfmiddlewaretoken\" value=\"\w+\"", "", body)


@pytest.mark.parametrize("address", ["/denied/", "/forbidden/", "/missing/"])
def test_missing_and_forbidden_say_the_same(faulty: Client, address: str) -> None:
    nowhere = faulty.get("/nowhere/")

    page = faulty.get(address)

    assert _words(page).replace(address, "/nowhere/") == _words(nowhere)
    assert "There is nothing here that you may see" in page.text


@pytest.mark.parametrize(("address", "status"), [("/denied/", 403), ("/forbidden/", 403), ("/missing/", 404)])
def test_faults_keep_their_status(faulty: Client, address: str, status: int) -> None:
    assert faulty.get(address).status_code == status


def test_fault_of_a_rule_is_told_in_its_own_sentence_and_escaped(faulty: Client) -> None:
    page = faulty.get("/conflict/")

    assert page.status_code == 409
    assert "Ravi changed this &lt;i&gt;meanwhile&lt;/i&gt;." in page.text


def test_fault_of_haste_says_when_to_come_back(faulty: Client) -> None:
    page = faulty.get("/fast/")

    assert (page.status_code, page.headers["Retry-After"]) == (429, "3")


def test_broken_page_asks_no_database_and_shows_no_internals(faulty: Client) -> None:
    page = faulty.get("/broken/")  # this test has no `db`: a query would fail it

    assert page.status_code == 500
    assert "secret internals" not in page.text
    assert page.headers["X-Request-ID"] in page.text


def test_form_without_its_token_is_told_what_to_do() -> None:
    page = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "alice", "password": "x"})

    assert page.status_code == 403
    assert "This page was open for too long" in page.text
