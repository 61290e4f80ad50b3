from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from digi.accounts.events import PersonChanged
from digi.accounts.models import Token
from digi.accounts.services import profiles, tokens
from digi.errors import Invalid
from digi.files.models import StoredFile
from digi.realtime.publish import user_topic
from tests.pictures import picture, upload

pytestmark = pytest.mark.django_db

FIELDS = {"display_name": "Alice M.", "language": "de", "time_zone": "Asia/Tokyo", "invisible": "on"}


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.DIGI_FILES = tmp_path


def test_profile_keeps_every_field(alice, client_for):
    response = client_for(alice).post("/me/", FIELDS)

    assert response.headers["Location"] == "/me/"
    alice.refresh_from_db()
    assert (alice.display_name, alice.language, alice.time_zone) == ("Alice M.", "de", "Asia/Tokyo")
    assert (alice.invisible, alice.single_keys) == (True, False)


def test_profile_page_shows_what_is_kept(alice, client_for):
    page = client_for(alice).get("/me/")

    assert page.status_code == 200
    assert page.context["form"].initial["display_name"] == "Alice Meyer"
    assert "<option selected>Europe/Berlin</option>" in page.content.decode()


def test_profile_page_sends_each_zone_once(alice, client_for):
    page = client_for(alice).get("/me/").content.decode()

    assert page.count("Asia/Tokyo") == 1
    assert len(page) < 30_000


def test_profile_keeps_a_zone_that_is_offered_to_nobody_else(alice, bob, client_for):
    profiles.change(user=alice, time_zone="Etc/GMT-3")

    kept = client_for(alice).post("/me/", FIELDS | {"time_zone": "Etc/GMT-3"})
    refused = client_for(bob).post("/me/", FIELDS | {"time_zone": "Etc/GMT-3"})

    assert (kept.status_code, refused.status_code) == (302, 422)


@pytest.mark.parametrize(
    ("field", "value"), [("time_zone", "Mars/Olympus"), ("language", "tlh"), ("display_name", "Kept text" * 20)]
)
def test_profile_names_the_field_that_is_wrong_and_keeps_the_text(alice, client_for, field, value):
    response = client_for(alice).post("/me/", FIELDS | {"display_name": "Kept text"} | {field: value})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "Kept text" in response.content.decode()
    alice.refresh_from_db()
    assert alice.display_name == "Alice Meyer"


def test_profile_takes_a_picture_and_removes_it(alice, client_for):
    client = client_for(alice)

    client.post("/me/", FIELDS | {"avatar": upload(picture())})
    alice.refresh_from_db()
    assert b"".join(client.get(f"/files/{alice.avatar.uuid}/").streaming_content).startswith(b"RIFF")

    client.post("/me/", FIELDS | {"remove_avatar": "on"})
    alice.refresh_from_db()
    assert alice.avatar is None
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("content", [b"", b"no picture", picture()[:200]])
def test_profile_refuses_a_bad_picture_and_stores_nothing_at_all(alice, client_for, content):
    response = client_for(alice).post("/me/", FIELDS | {"avatar": SimpleUploadedFile("a.png", content, "image/png")})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["avatar"]
    alice.refresh_from_db()
    assert (alice.display_name, alice.avatar) == ("Alice Meyer", None)
    assert not StoredFile.objects.exists()


def test_profile_takes_a_new_picture_rather_than_removing_the_old(alice, client_for):
    client_for(alice).post("/me/", FIELDS | {"avatar": upload(picture()), "remove_avatar": "on"})

    alice.refresh_from_db()
    assert alice.avatar is not None


def test_profile_is_for_the_signed_in_alone():
    assert Client().get("/me/").headers["Location"] == "/accounts/login/?next=/me/"
    assert Client().post("/me/", FIELDS).status_code == 302


def test_profile_changes_nobody_else(alice, charlie, client_for):
    client_for(charlie).post("/me/", FIELDS | {"id": alice.pk, "username": "alice", "is_staff": "on"})

    alice.refresh_from_db()
    charlie.refresh_from_db()
    assert alice.display_name == "Alice Meyer"
    assert (charlie.username, charlie.is_staff) == ("charlie", False)


def test_change_leaves_what_is_not_given(alice):
    profiles.change(user=alice, invisible=True)

    alice.refresh_from_db()
    assert (alice.invisible, alice.display_name, alice.single_keys) == (True, "Alice Meyer", True)


def test_change_stores_the_visible_spelling(alice):
    profiles.change(user=alice, display_name="\u202eAli\u200bce ")

    alice.refresh_from_db()
    assert (alice.display_name, alice.search_text) == ("Alice", "alice alice")


def test_change_gives_every_fault_at_once(alice):
    with pytest.raises(Invalid) as raised:
        profiles.change(user=alice, language="tlh", time_zone="Mars")

    assert sorted(raised.value.extra["errors"]) == ["language", "time_zone"]


def test_change_is_told_to_the_sockets(alice, committed):
    with committed() as events:
        profiles.change(user=alice, invisible=True)

    assert events == [PersonChanged(topic=user_topic(alice.pk))]


def test_times_are_shown_in_the_persons_zone(alice, client_for):
    profiles.change(user=alice, time_zone="Pacific/Kiritimati")
    token, _secret = tokens.create(user=alice, name="bot", scopes=["me:read"])
    Token.objects.filter(pk=token.pk).update(expiry=datetime(2030, 1, 15, 23, tzinfo=UTC))

    page = client_for(alice).get("/me/tokens/").content.decode()

    assert "16 January 2030" in page


def test_profile_page_names_who_leaves_at_every_way_out(alice, client_for):
    page = client_for(alice).get("/me/").content.decode()

    assert page.count('data-leaving="alice"') == page.count("data-leaving") == 2
