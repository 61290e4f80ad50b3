"""The API of uploads as tus 1.0.0 and its extensions write it."""

import base64
from datetime import timedelta
from hashlib import sha1, sha256
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from digi.accounts.scopes import Scope
from digi.accounts.services import tokens
from digi.files.models import Upload
from tests.digi.files.conftest import stored
from tests.papers import pdf

pytestmark = pytest.mark.django_db(transaction=True)

PAPER = pdf("one", "two")
PLACE = "/api/v1/uploads/"
PART = "application/offset+octet-stream"


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def announce(client, name: str = "thesis.pdf", length: object = len(PAPER), **headers):
    given = {"Upload-Length": str(length), "Upload-Metadata": f"filename {encoded(name)},filetype {encoded('x')}"}
    return client.post(PLACE, headers={"Tus-Resumable": "1.0.0"} | given | headers)


def send(client, place: str, start: int, content: bytes, **headers):
    given = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(start)} | headers
    return client.patch(place, content, content_type=PART, headers=given)


@pytest.fixture
def signed_in(client_for, alice) -> Client:
    return client_for(alice)


@pytest.fixture
def place(signed_in) -> str:
    return announce(signed_in).headers["Location"]


# What tus promises


def test_whole_way_of_a_file(signed_in, alice):
    created = announce(signed_in, "Größe.pdf")
    place = created.headers["Location"]
    first = send(signed_in, place, 0, PAPER[:100])
    asked = signed_in.head(place, headers={"Tus-Resumable": "1.0.0"})
    second = send(signed_in, place, 100, PAPER[100:])

    upload = Upload.objects.get()
    assert (created.status_code, place) == (201, f"{PLACE}{upload.uuid}/")
    assert created.json().keys() == {"id", "name", "size", "offset", "expires_at"}
    assert (first.status_code, first.headers["Upload-Offset"], first.content) == (204, "100", b"")
    assert (asked.status_code, asked.content) == (200, b"")
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == ("100", str(len(PAPER)))
    assert asked.headers["Cache-Control"] == "no-store"
    assert (second.status_code, second.headers["Upload-Offset"]) == (204, str(len(PAPER)))
    assert (upload.owner, upload.name, upload.is_whole) == (alice, "Größe.pdf", True)
    for answer in (created, first, asked, second):
        assert answer.headers["Tus-Resumable"] == "1.0.0"
        assert answer.headers["Upload-Expires"].endswith("GMT")


def test_get_says_the_same_in_json(signed_in, place):
    send(signed_in, place, 0, PAPER[:10])

    body = signed_in.get(place).json()

    expires = body.pop("expires_at")
    assert body == {"id": place.split("/")[-2], "name": "thesis.pdf", "size": len(PAPER), "offset": 10}
    assert expires.endswith("Z")


def test_options_says_what_the_server_can(signed_in):
    answer = signed_in.options(PLACE)

    assert (answer.status_code, answer.content) == (204, b"")
    told = {name: value for name, value in answer.headers.items() if name.startswith("Tus-")}
    assert told == {
        "Tus-Resumable": "1.0.0",
        "Tus-Version": "1.0.0",
        "Tus-Max-Size": "209715200",
        "Tus-Extension": "creation,expiration,checksum,termination",
        "Tus-Checksum-Algorithm": "sha1,sha256",
    }


def test_other_version_is_refused_and_told_ours(signed_in, place):
    answer = signed_in.head(place, headers={"Tus-Resumable": "0.2.2"})

    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == "1.0.0"


def test_wrong_offset_is_409_with_the_right_one(signed_in, place):
    send(signed_in, place, 0, PAPER[:10])

    answer = send(signed_in, place, 5, PAPER[5:])

    assert (answer.status_code, answer.json()["code"], answer.json()["offset"]) == (409, "wrong_offset", 10)


def test_other_media_type_is_415(signed_in, place):
    answer = signed_in.patch(place, PAPER, content_type="application/pdf", headers={"Upload-Offset": "0"})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(("name", "algorithm"), [("sha1", sha1), ("sha256", sha256)])
def test_checksum_is_compared(signed_in, place, name, algorithm):
    digest = encoded(algorithm(PAPER[:50]).digest())

    wrong = send(signed_in, place, 0, PAPER[:49] + b"x", **{"Upload-Checksum": f"{name} {digest}"})
    right = send(signed_in, place, 0, PAPER[:50], **{"Upload-Checksum": f"{name} {digest}"})

    problem = wrong.json()
    assert (wrong.status_code, problem["code"], problem["title"]) == (460, "checksum_mismatch", "Checksum Mismatch")
    assert (right.status_code, right.headers["Upload-Offset"]) == (204, "50")


@pytest.mark.parametrize("text", ["", "md5 abc", "sha256", "sha256 abc", f"sha1 {encoded(bytes(32))}", "sha256 ###"])
def test_checksum_that_makes_no_sense_is_400(signed_in, place, text):
    answer = send(signed_in, place, 0, PAPER, **{"Upload-Checksum": text})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_checksum")
    assert Upload.objects.get().offset == 0


def test_termination_removes_everything(signed_in, place, folder):
    send(signed_in, place, 0, PAPER)

    gone = signed_in.delete(place)

    assert gone.status_code == 204
    assert stored(folder) == []
    assert signed_in.head(place).status_code == 404


def test_clients_without_patch_and_delete_say_so_in_a_header(signed_in, place):
    headers = {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}

    written = signed_in.post(place, PAPER[:10], content_type=PART, headers=headers)
    deleted = signed_in.post(place, headers={"X-HTTP-Method-Override": "DELETE"})

    assert (written.status_code, written.headers["Upload-Offset"]) == (204, "10")
    assert deleted.status_code == 204
    assert not Upload.objects.exists()


# What is refused


@pytest.mark.parametrize(
    ("name", "length", "status", "code"),
    [
        ("thesis.pdf", 0, 400, "empty"),
        ("thesis.pdf", 201 * 1_048_576, 413, "too_large"),
        ("thesis.pdf", 10**30, 400, "bad_header"),
        ("thesis.pdf", "-1", 400, "bad_header"),
        ("thesis.pdf", "²", 400, "bad_header"),
        ("thesis.html", 10, 400, "unknown_kind"),
        ("", 10, 400, "unnamed"),
    ],
)
def test_announcing_refuses_with_a_code(signed_in, name, length, status, code):
    answer = announce(signed_in, name, length)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert not Upload.objects.exists()


@pytest.mark.parametrize("text", ["filename", "filename ###", f"filename {encoded(bytes([255]))}", "", "name a"])
def test_metadata_without_a_readable_name_is_refused(signed_in, text):
    answer = announce(signed_in, **{"Upload-Metadata": text})

    assert answer.status_code == 400
    assert answer.json()["code"] in {"bad_header", "unnamed"}


@pytest.mark.parametrize("start", ["", "-1", "x", "1.5", "9" * 40])
def test_offset_must_be_a_number(signed_in, place, start):
    answer = send(signed_in, place, 0, PAPER, **{"Upload-Offset": start})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_header")


def test_more_than_announced_is_413(signed_in, place):
    answer = send(signed_in, place, 0, PAPER + b"x")

    assert (answer.status_code, answer.json()["code"], answer.json()["limit"]) == (413, "beyond_length", len(PAPER))


def test_html_as_pdf_is_refused_and_gone(signed_in, place, folder):
    answer = send(signed_in, place, 0, b"<!DOCTYPE html><script>alert(1)</script>")

    assert (answer.status_code, answer.json()["code"]) == (400, "mislabelled")
    assert stored(folder) == []
    assert signed_in.get(place).status_code == 404


def test_empty_part_is_an_answer_about_where_it_stands(signed_in, place):
    answer = send(signed_in, place, 0, b"")

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "0")


# Who may

EACH = pytest.mark.parametrize("method", ["get", "head", "patch", "delete"])


def ask(client, method: str, place: str, **headers):
    if method == "patch":
        return send(client, place, 0, PAPER, **headers)
    return getattr(client, method)(place, headers=headers)


@EACH
def test_another_person_finds_nothing(client_for, bob, place, method):
    answer, missing = (ask(client_for(bob), method, where) for where in (place, f"{PLACE}{uuid4()}/"))

    assert (answer.status_code, missing.status_code) == (404, 404)
    assert Upload.objects.get().offset == 0


@EACH
def test_expired_upload_is_not_found(signed_in, place, method):
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert ask(signed_in, method, place).status_code == 404


@EACH
def test_signed_out_is_asked_to_sign_in(client, place, method):
    assert ask(client, method, place).status_code == 401
    assert announce(client).status_code == 401
    assert client.options(PLACE).status_code == 401
    assert Upload.objects.get().offset == 0


@EACH
def test_token_needs_the_scope(client, alice, place, method):
    others = [scope for scope in Scope.values if scope != "files:write"]
    _, without = tokens.create(user=alice, name="without", scopes=others)
    _, with_it = tokens.create(user=alice, name="with", scopes=["files:write"])

    refused = ask(client, method, place, Authorization=f"Bearer {without}")
    let_in = ask(client, method, place, Authorization=f"Bearer {with_it}")

    assert refused.status_code == 403
    assert let_in.status_code in {200, 204}


def test_foreign_page_cannot_upload_in_ones_name(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    assert announce(client).status_code == 403
    assert not Upload.objects.exists()


def test_overriding_header_does_not_go_around_the_csrf_check(alice, place):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)

    answer = client.post(place, headers={"X-HTTP-Method-Override": "DELETE"})

    assert answer.status_code == 403
    assert Upload.objects.exists()
