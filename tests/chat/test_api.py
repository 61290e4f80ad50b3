"""The API of rooms and messages: who may what."""

import uuid

import pytest
from django.test import Client

from chat.services import messages, rooms
from digi.accounts.services import tokens
from tests.chat.asking import here, stored
from tests.chat.writing import id_of

pytestmark = pytest.mark.django_db


ENDPOINTS = [
    ("get", "", None, "rooms:read", 200),
    ("patch", "", {"receipts": False}, "rooms:write", 200),
    ("post", "hide/", None, "rooms:write", 204),
    ("put", "draft/", {"message": "begun"}, "rooms:write", 204),
    ("get", "messages/", None, "rooms:read", 200),
    ("post", "messages/", {"message": "hi"}, "rooms:write", 201),
    ("get", "messages/{first}/", None, "rooms:read", 200),
    ("patch", "messages/{first}/", {"message": "uno"}, "rooms:write", 200),
    ("get", "messages/{first}/revisions/", None, "rooms:read", 200),
    ("delete", "messages/{first}/", None, "rooms:write", 200),
    ("post", "leave/", None, "rooms:write", 204),
]
EACH = pytest.mark.parametrize(("method", "path", "body", "scope", "status"), ENDPOINTS)


def address(room, path: str) -> str:
    return here(room) + path.format(first=id_of(room, 1))


@EACH
def test_member_may(talk, api, alice, method, path, body, scope, status):
    assert api(alice)(method, address(talk, path), body).status_code == status


@EACH
def test_outsider_and_former_member_find_nothing(talk, api, bob, charlie, method, path, body, scope, status):
    rooms.leave(room=talk, by=bob)
    before = stored()

    for who in (charlie, bob):
        answer = api(who)(method, address(talk, path), body)
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"
        missing = api(who)(method, address(talk, path).replace(str(talk.uuid), str(uuid.uuid4())), body)
        assert without_id(missing) == without_id(answer)

    assert stored() == before


def without_id(answer) -> dict:
    return {key: value for key, value in answer.json().items() if key != "request_id"}


@EACH
def test_signed_out_is_asked_to_sign_in(talk, client, method, path, body, scope, status):
    before = stored()

    answer = getattr(client, method)(f"/api/v1/{address(talk, path)}", body, content_type="application/json")

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "not_authenticated"
    assert stored() == before


@EACH
def test_token_may_what_its_scope_says(talk, client, alice, method, path, body, scope, status):
    other = {"rooms:read": "rooms:write", "rooms:write": "rooms:read"}[scope]
    _, without = tokens.create(user=alice, name="without", scopes=[other, "me:read", "me:write", "people:read"])
    _, granted = tokens.create(user=alice, name="granted", scopes=[scope])
    before = stored()

    def ask(secret: str):
        headers = {"authorization": f"Bearer {secret}"}
        url = f"/api/v1/{address(talk, path)}"
        return getattr(client, method)(url, body, content_type="application/json", headers=headers)

    refused = ask(without)
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert ask("digi_" + "0" * 64).status_code == 401
    assert stored() == before
    assert ask(granted).status_code == status


@pytest.mark.parametrize("method", ["post", "delete"])
def test_session_without_the_csrf_token_changes_nothing(talk, alice, method):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    path, body = {"post": ("messages/", {"message": "hi"}), "delete": ("messages/{first}/", None)}[method]
    before = stored()

    answer = getattr(client, method)(f"/api/v1/{address(talk, path)}", body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert stored() == before


def test_others_messages_cannot_be_changed(talk, api, alice, bob):
    before = stored()

    for method, body in (("patch", {"message": "mine"}), ("delete", None)):
        answer = api(alice)(method, f"{here(talk)}messages/{id_of(talk, 2)}/", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")

    assert stored() == before


@pytest.mark.parametrize("message_id", ["never-was", "{other}", "{future}", "%00", "%F0%9F%AB%A0"])
def test_foreign_and_made_up_message_ids_are_not_found(talk, other_room, api, alice, message_id):
    messages.post(room=other_room, by=alice, text="elsewhere")
    message_id = message_id.format(other=id_of(other_room, 1), future=id_of(talk, 99))

    for method, path, body in (
        ("get", "", None),
        ("patch", "", {"message": "hi"}),
        ("delete", "", None),
        ("get", "revisions/", None),
    ):
        answer = api(alice)(method, f"{here(talk)}messages/{message_id}/{path}", body)
        assert answer.status_code == 404, (method, path)
        assert answer.headers["Content-Type"] == "application/problem+json"
