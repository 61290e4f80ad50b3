"""The door, the language, and the files a browser asks for at the root."""

import pytest
from django.test import Client


def test_home_tells_strangers_what_digi_is_and_the_way_in(client: Client) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert "Nothing gets lost" in page.text
    assert 'href="/accounts/login/"' in page.text
    assert 'href="/accounts/signup/"' in page.text


def test_home_offers_no_sign_up_where_it_is_switched_off(client: Client, settings) -> None:
    settings.DIGI_SIGN_UP = False

    page = client.get("/")

    assert "/accounts/signup/" not in page.text


def test_home_leads_people_to_what_waits_for_them(person, client_for) -> None:
    client = client_for(person("alice"))

    answer = client.get("/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboard/")
    assert client.get("/?out").headers["Location"] == "/dashboard/?out"


@pytest.mark.django_db
def test_language_of_a_stranger_is_kept_in_a_cookie(client: Client) -> None:
    answer = client.post("/language/", {"language": "de", "next": "/accounts/login/"})

    assert answer.headers["Location"] == "/accounts/login/"
    assert client.get("/accounts/login/").headers["Content-Language"] == "de"
    assert answer.cookies["django_language"]["httponly"]


def test_language_of_a_person_is_kept_with_them(person, client_for) -> None:
    alice = person("alice")

    client_for(alice).post("/language/", {"language": "de"})

    alice.refresh_from_db()
    assert alice.language == "de"
    assert client_for(alice).get("/me/").headers["Content-Language"] == "de"


def test_language_that_digi_does_not_speak_changes_nothing(person, client_for) -> None:
    alice = person("alice")

    answer = client_for(alice).post("/language/", {"language": "tlh"})

    alice.refresh_from_db()
    assert alice.language == "en"
    assert "django_language" not in answer.cookies


def test_language_switch_sends_nobody_elsewhere(client: Client) -> None:
    answer = client.post("/language/", {"language": "de", "next": "https://evil.example/"})

    assert answer.headers["Location"] == "/"


def test_language_is_not_switched_by_following_a_link(client: Client) -> None:
    assert client.get("/language/?language=de").status_code == 405


def test_catalogue_is_a_script_that_each_browser_keeps_for_itself(client: Client) -> None:
    answer = client.get("/jsi18n/?en")

    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "private, max-age=600"
    assert "django.gettext" in answer.text


def test_worker_stands_at_the_root_and_is_asked_for_anew(client: Client) -> None:
    answer = client.get("/worker.js")

    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"


def test_offline_page_names_nobody(person, client_for) -> None:
    alice = client_for(person("alice", display_name="Alice Okafor"))

    page = alice.get("/offline/")

    assert page.status_code == 200
    assert "Okafor" not in page.text
    assert "csrf" not in page.text


def test_manifest_names_icons_that_exist(client: Client, settings) -> None:
    manifest = client.get("/manifest.webmanifest").json()

    files = [icon["src"].removeprefix("/static/") for icon in manifest["icons"]]
    assert all((settings.BASE_DIR / "static" / name).is_file() for name in files)
    assert (manifest["start_url"], manifest["display"]) == ("/", "standalone")
