"""The API of messages and drafts: pages, writing, refusals by name, and that writing here is live in open sockets."""

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import Change
from chat.services import history, journal
from tests.chat.asking import here, stored
from tests.chat.sockets import aside
from tests.chat.writing import add, delete, edit, id_of

pytestmark = pytest.mark.django_db


def test_messages_take_the_same_queries_for_one_and_three(room, api, alice, bob):
    call, counted = api(alice), []
    for number in range(3):
        said = journal.write([add(room, bob, "hi")])[0]
        journal.write([edit(room, bob, said.message_id, "hi!"), add(room, alice, "yes", reply_to=said.message_id)])
        call("get", here(room) + "messages/")
        with CaptureQueriesContext(connection) as captured:
            answer = call("get", here(room) + "messages/")
        assert len(answer.json()["results"]) == 2 * (number + 1)
        counted.append(len(captured))

    assert counted[0] == counted[2]


def test_pages_of_messages(room, api, alice):
    journal.write([add(room, alice, str(number)) for number in range(1, 121)])
    call = api(alice)

    def page(query: str = "") -> tuple[list[int], bool]:
        body = call("get", f"{here(room)}messages/{query}").json()
        return [message["seq"] for message in body["results"]], body["more"]

    assert page() == (list(range(71, 121)), True)
    assert page("?before=71") == (list(range(21, 71)), True)
    assert page("?before=21") == (list(range(1, 21)), False)
    assert page("?after=100&limit=5") == ([101, 102, 103, 104, 105], True)
    assert page("?after=115") == ([116, 117, 118, 119, 120], False)
    assert page("?limit=200") == (list(range(1, 121)), False)
    assert page("?before=1") == ([], False)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "limit=", "before=-1", "before=1.5", "after=x", "before=3&after=1",
     f"before={2**62 + 1}", f"before={'9' * 5000}", "after=%C2%B2", "after=%00"],
)  # fmt: skip
def test_pages_that_make_no_sense(talk, api, alice, query):
    answer = api(alice)("get", f"{here(talk)}messages/?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_posting_editing_and_deleting(room, api, alice):
    call, cid = api(alice), str(uuid.uuid4())
    posted = call("post", here(room) + "messages/", {"message": "hi", "cid": cid})
    again = call("post", here(room) + "messages/", {"message": "hi", "cid": cid})
    conflict = call("post", here(room) + "messages/", {"message": "ho", "cid": cid})
    one = here(room) + f"messages/{posted.json()['message_id']}/"
    edited = call("patch", one, {"message": "hi!", "base_rev": 1})
    stale = call("patch", one, {"message": "hi?", "base_rev": 1})
    revisions = call("get", one + "revisions/")
    deleted = call("delete", one)
    gone = call("patch", one, {"message": "hi?"})

    message_id = id_of(room, 1)
    written = {"n": 1, "seq": 1, "rev": 1, "message_id": message_id, "duplicate": False}
    assert (posted.status_code, posted.json()) == (201, written)
    assert (again.status_code, again.json()) == (200, written | {"duplicate": True})
    assert (conflict.status_code, conflict.json()["code"]) == (409, "cid_conflict")
    assert (edited.status_code, edited.json()) == (200, written | {"n": 2, "rev": 2})
    problem = stale.json()
    assert (stale.status_code, problem["code"], problem["rev"], problem["text"]) == (409, "stale_revision", 2, "hi!")
    assert [(row["rev"], row["message"]) for row in revisions.json()["results"]] == [(1, "hi"), (2, "hi!")]
    assert (deleted.status_code, deleted.json()) == (200, written | {"n": 3, "rev": 3})
    assert (gone.status_code, gone.json()["code"]) == (409, "message_deleted")
    shown = call("get", one).json()
    assert (shown["message"], shown["deleted"]) == (None, True)
    assert call("get", one + "revisions/").json() == {"results": []}
    assert Change.objects.count() == 3


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"message": ""}, "empty"),
        ({"message": " \n"}, "empty"),
        ({"message": "x" * 8001}, "too_long"),
        ({"message": "\ud800"}, "invalid"),
        ({"message": 7.5, "cid": "x"}, "invalid"),
        ({"message": None}, "invalid"),
        ({"message": {}}, "invalid"),
        ({"message": "hi", "cid": "not-a-uuid"}, "invalid"),
        ({"message": "hi", "reply_to": "never-was"}, "unknown_message"),
        ({"message": "hi", "reply_to": "x" * 201}, "invalid"),
        ({}, "invalid"),
    ],
)
def test_refused_messages_have_names_and_store_nothing(talk, api, alice, body, code):
    before = stored()

    answer = api(alice)("post", here(talk) + "messages/", json.dumps(body))

    problem = answer.json()
    assert answer.status_code == (404 if code == "unknown_message" else 400)
    assert problem["code"] == code
    if code == "invalid":
        assert set(problem["errors"]) <= {"message", "cid", "reply_to"}
        assert all(isinstance(texts, list) for texts in problem["errors"].values())
    assert stored() == before


@pytest.mark.parametrize("text", ["8 000 emoji", "NUL", "spaces"])
def test_texts_come_back_as_they_went_in(room, api, alice, text):
    text = {"8 000 emoji": "🫠" * 8000, "NUL": "a\tb", "spaces": "  a\n b \u2003"}[text]

    posted = api(alice)("post", here(room) + "messages/", {"message": text})

    assert posted.status_code == 201
    assert history.page(room)[0][0].message == text


def test_draft_is_kept_shown_and_dropped(room, api, alice, bob):
    call = api(alice)

    def draft(user=alice) -> str:
        return api(user)("get", here(room)).json()["draft"]

    assert call("put", here(room) + "draft/", {"message": "begun"}).status_code == 204
    assert (draft(), draft(bob)) == ("begun", "")
    assert call("put", here(room) + "draft/", {"message": "x" * 8001}).json()["code"] == "too_long"
    assert draft() == "begun"
    call("put", here(room) + "draft/", {"message": ""})
    assert draft() == ""


def test_deleted_messages_tell_nothing_any_more(talk, api, alice, bob):
    journal.write([delete(talk, bob, id_of(talk, 2))])

    body = api(alice)("get", here(talk) + "messages/").content.decode()

    assert "two" not in body
    assert '"message":null' in body


# Live


async def test_what_is_written_here_is_live_in_every_socket(layer, house, room, alice, bob, client_for):
    v2, seed, listing = await house.room(bob, room), await house.room(bob, room, None), await house.list(bob)
    client = await aside(client_for, alice)
    url = f"/api/v1/rooms/{room.uuid}/messages/"

    async def call(method: str, address: str, body=None):
        return await aside(getattr(client, method), address, body, content_type="application/json")

    posted = (await call("post", url, {"message": "by HTTP"})).json()
    one = f"{url}{posted['message_id']}/"
    await call("patch", one, {"message": "edited by HTTP"})
    await call("delete", one)

    for visitor in (v2, seed, listing):
        heard = [await visitor.hear() for _ in range(3)]
        assert [frame.get("type", "add") for frame in heard] == ["add", "edit", "delete"]
        assert [frame.get("message") for frame in heard] == ["by HTTP", "edited by HTTP", None]
    assert posted["n"] == 1
