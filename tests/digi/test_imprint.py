"""The operator's imprint and privacy pages are one step away from every page, and are nothing but pages."""

import os
import re
import runpy

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from tests.servers import ROOT

IMPRINT, PRIVACY = "https://www.example.org/imprint?of=digi&lang=de", "http://www.example.org/privacy"
LINKS = re.compile(r'<a href="(https?://www\.example\.org/[^"]+)" rel="noopener">')
TOLD = [IMPRINT.replace("&", "&amp;"), PRIVACY]


@pytest.fixture
def told(settings):
    settings.DIGI_IMPRINT_URL, settings.DIGI_PRIVACY_URL = IMPRINT, PRIVACY


@pytest.mark.django_db
@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/confirm-email/",
        "/library/",
        "/first/old/",
        "/offline/",
        "/nowhere/",
    ],
)
def test_strangers_find_them_once_on_every_page(client, address):
    assert LINKS.findall(client.get(address).text) == TOLD


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("address", ["/denied/", "/missing/", "/conflict/", "/fast/", "/broken/"])
def test_pages_of_errors_have_them_even_the_one_that_asks_no_database(settings, address):
    settings.ROOT_URLCONF = "tests.digi.faulty_urls"

    page = Client(raise_request_exception=False).get(address)

    assert LINKS.findall(page.text) == TOLD


@pytest.mark.django_db
@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    "address",
    ["/dashboard/", "/chat/", "/theses/", "/camera/", "/people/", "/me/", "/library/", "/notifications/", "/x/"],
)
def test_people_find_them_in_their_menu(client_for, person, address):
    assert LINKS.findall(client_for(person("alice")).get(address).text) == TOLD


@pytest.mark.django_db
@pytest.mark.usefixtures("told")
def test_form_of_somebody_signed_in_that_came_too_late_has_them_at_its_foot(person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("alice"), backend="digi.accounts.backends.ByNameOrAddress")

    page = client.post("/me/", {})

    assert (page.status_code, LINKS.findall(page.text)) == (403, TOLD)


@pytest.mark.django_db
def test_without_them_nothing_stands_there(client):
    for address in ("/", "/library/", "/nowhere/"):
        page = client.get(address).text
        assert "page-foot" not in page
        assert "Who runs this server" not in page


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "//example.org/",
        "example.org",
        "ftp://example.org/",
        'https://e.org/"onclick',
        "https://",
    ],
)
@pytest.mark.parametrize("name", ["DIGI_IMPRINT_URL", "DIGI_PRIVACY_URL"])
def test_what_is_no_page_is_refused_at_the_start(monkeypatch, name, address):
    monkeypatch.setenv("DIGI_DOTENV", os.devnull)
    monkeypatch.setenv(name, address)

    with pytest.raises(ImproperlyConfigured, match=f"{name} is the address of a page"):
        runpy.run_path(str(ROOT / "digi" / "settings.py"))
