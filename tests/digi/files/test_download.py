import asyncio
from uuid import uuid4

import pytest
from django.test import AsyncClient, Client
from django.urls import reverse

from digi.accounts.services import profiles
from digi.files.services import storage
from digi.files.streams import PIECE
from tests.digi.files.conftest import BOTH
from tests.pictures import picture, upload

pytestmark = pytest.mark.django_db

CARRIERS = BOTH
CONTENT = bytes(range(256)) * 800  # three pieces and a bit


@pytest.fixture
def note(alice):
    return storage.store(owner=alice, purpose="note", name="Größe.bin", media_type="text/html", content=CONTENT)


@pytest.fixture
def avatar(alice):
    return profiles.set_avatar(user=alice, upload=upload(picture()))


def address(file) -> str:
    return reverse("files:download", args=[file.uuid])


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_avatar_is_shown_to_everybody_who_is_signed_in(client_for, avatar, bob, folder):
    response = client_for(bob).get(address(avatar))

    assert response.status_code == 200
    assert body(response) == (folder / avatar.path).read_bytes()
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Content-Disposition"] == 'inline; filename="avatar.webp"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, max-age=3600"
    assert "Cookie" in response.headers["Vary"]


def test_file_goes_to_its_owner_as_an_attachment(client_for, note, alice):
    response = client_for(alice).get(address(note))

    assert body(response) == CONTENT
    assert response.headers["Content-Length"] == str(len(CONTENT))
    assert response.headers["Content-Disposition"] == "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.bin"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["Accept-Ranges"] == "bytes"


def test_missing_forbidden_and_signed_out_are_one_answer(client_for, note, avatar, bob):
    answers = [
        client_for(bob).get(address(note)),
        client_for(bob).get(reverse("files:download", args=[uuid4()])),
        Client().get(address(avatar)),
        Client().get(address(note)),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_lost_bytes_are_a_404_too(client_for, note, alice):
    storage.forget(note.path)

    assert client_for(alice).get(address(note)).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "part", "content_range"),
    [
        ("bytes=0-9", CONTENT[:10], "bytes 0-9/204800"),
        ("bytes=65530-65545", CONTENT[65530:65546], "bytes 65530-65545/204800"),
        ("bytes=204790-", CONTENT[-10:], "bytes 204790-204799/204800"),
        ("bytes=-5", CONTENT[-5:], "bytes 204795-204799/204800"),
    ],
)
def test_range_sends_that_part(client_for, note, alice, wanted, part, content_range):
    response = client_for(alice).get(address(note), headers={"Range": wanted})

    assert response.status_code == 206
    assert body(response) == part
    assert response.headers["Content-Range"] == content_range
    assert response.headers["Content-Length"] == str(len(part))


def test_range_behind_the_end_is_not_satisfiable(client_for, note, alice):
    response = client_for(alice).get(address(note), headers={"Range": "bytes=204800-"})

    assert response.status_code == 416
    assert response.headers["Content-Range"] == "bytes */204800"


def test_several_ranges_are_answered_with_the_whole(client_for, note, alice):
    response = client_for(alice).get(address(note), headers={"Range": "bytes=0-1,4-5"})

    assert (response.status_code, body(response)) == (200, CONTENT)


def test_range_of_another_version_is_answered_with_the_whole(client_for, note, alice):
    client = client_for(alice)
    etag = client.head(address(note)).headers["ETag"]

    same = client.get(address(note), headers={"Range": "bytes=0-1", "If-Range": etag})
    other = client.get(address(note), headers={"Range": "bytes=0-1", "If-Range": '"other"'})

    assert (same.status_code, body(same)) == (206, CONTENT[:2])
    assert (other.status_code, body(other)) == (200, CONTENT)


def test_known_version_is_not_sent_again(client_for, note, alice, bob):
    etag = client_for(alice).head(address(note)).headers["ETag"]

    again = client_for(alice).get(address(note), headers={"If-None-Match": etag})
    outsider = client_for(bob).get(address(note), headers={"If-None-Match": etag})

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert outsider.status_code == 404


def test_head_says_the_length_and_sends_nothing(client_for, note, alice):
    response = client_for(alice).head(address(note))

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Length"] == str(len(CONTENT))


def test_other_methods_are_refused(client_for, note, alice):
    assert client_for(alice).post(address(note)).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_asgi_sends_the_file_in_pieces(client_for, note, alice):
    client = AsyncClient()
    client.force_login(alice)

    async def read() -> list[bytes]:
        response = await client.get(address(note))
        assert response.is_async
        return [piece async for piece in response]

    pieces = asyncio.run(read())

    assert b"".join(pieces) == CONTENT
    assert [len(piece) for piece in pieces] == [PIECE, PIECE, PIECE, len(CONTENT) - 3 * PIECE]


def test_a_new_avatar_takes_the_place_of_the_old(client_for, avatar, alice, folder, django_capture_on_commit_callbacks):
    old = folder / avatar.path

    with django_capture_on_commit_callbacks(execute=True):
        new = profiles.set_avatar(user=alice, upload=upload(picture("JPEG")))

    assert not old.exists()
    assert (folder / new.path).exists()
    assert client_for(alice).get(address(avatar)).status_code == 404


@pytest.mark.parametrize("place", ["/static/files/", "/static/../var/files/", "/files/../", "/var/files/"])
def test_stored_bytes_have_no_address_of_their_own(client_for, alice, avatar, place):
    assert client_for(alice).get(f"{place}{avatar.path}").status_code == 404
