"""The API of rooms and messages: who may what, exact shapes, and that writing here is live in open sockets."""

import json
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.models import Change, Draft, Membership, Message, Room
from chat.services import drafts, history, journal, messages, rooms
from digi.accounts.services import tokens
from tests.chat.sockets import aside
from tests.chat.writing import add, delete, edit, id_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(room, alice, bob):
    """Three messages; the second is Bob's, the third is edited."""
    journal.write([add(room, alice, "one"), add(room, bob, "two", reply_to=id_of(room, 1)), add(room, alice, "three")])
    journal.write([edit(room, alice, id_of(room, 3), "drei")])
    return room


@pytest.fixture
def api(client_for):
    """A client of the API in a person's session: `api(alice)("get", "rooms/")`."""

    signed_in: dict[int, Client] = {}

    def of(user):
        if user.pk not in signed_in:
            signed_in[user.pk] = client_for(user)
        client = signed_in[user.pk]

        def call(method: str, path: str, body=None, **more):
            return getattr(client, method)(f"/api/v1/{path}", body, content_type="application/json", **more)

        return call

    return of


def here(room) -> str:
    return f"rooms/{room.uuid}/"


def stored() -> list:
    """Everything that a request could have changed."""
    return [
        list(Room.objects.order_by("pk").values_list("pk", "head")),
        list(Message.objects.order_by("pk").values_list("n", "rev", "body")),
        list(Membership.objects.order_by("pk").values_list("left_at", "hidden_at", "receipts", "read")),
        list(Draft.objects.order_by("pk").values_list("pk", "body")),
    ]


# Who may what

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


# Rooms


def test_room_has_exactly_what_was_promised(talk, api, alice, bob):
    drafts.keep(room=talk, by=alice, text="begun")
    cid = str(Message.objects.get(seq=3).cid)

    body = api(alice)("get", here(talk)).json()

    connection_id, last, members = body.pop("connection_id"), body.pop("last_message"), body.pop("members")
    assert connection_id.startswith("Z0FBQUFB")
    assert body == {
        "id": str(talk.uuid),
        "kind": "pair",
        "title": "Bob",
        "unread": 1,
        "head": 4,
        "read": 0,
        "receipts": True,
        "draft": "begun",
    }
    times = last.pop("at"), last.pop("changed_at")
    assert times[0] < times[1]
    assert all(len(time) == 24 and time.endswith("Z") for time in times)
    assert last == {
        "message_id": id_of(talk, 3),
        "n": 4,
        "seq": 3,
        "rev": 2,
        "user": "alice",
        "message": "drei",
        "deleted": False,
        "reply_to": None,
        "cid": cid,
    }
    assert members == [
        {
            "user": user.username,
            "display_name": user.display_name,
            "initials": user.initials,
            "tint": user.tint,
            "avatar": None,
            "left": False,
            "read": 0,
            "delivered": 0,
            "presence": "offline",
        }
        for user in (alice, bob)
    ]


def test_receipts_are_shown_where_both_show_theirs(talk, api, alice, bob):
    Membership.objects.filter(user=bob).update(read=3, delivered=4)

    def seen(by, of) -> tuple:
        members = api(by)("get", here(talk)).json()["members"]
        return next((one["read"], one["delivered"]) for one in members if one["user"] == of.username)

    assert seen(alice, bob) == (3, 4)
    for who in (alice, bob):
        assert api(who)("patch", here(talk), {"receipts": False}).json()["receipts"] is False
        assert seen(alice, bob) == (None, None)
        assert seen(bob, bob) == (3, 4)
        assert seen(bob, alice) == (None, None)
        api(who)("patch", here(talk), {"receipts": True})


def test_list_is_sorted_by_the_last_message_and_holds_ones_own_rooms(room, other_room, api, alice, bob, charlie):
    messages.post(room=other_room, by=alice, text="earlier")
    messages.post(room=room, by=alice, text="later")

    listed = api(alice)("get", "rooms/").json()

    assert (listed["next"], [one["id"] for one in listed["results"]]) == (None, [str(room.uuid), str(other_room.uuid)])
    assert [one["id"] for one in api(bob)("get", "rooms/").json()["results"]] == [str(room.uuid)]
    messages.post(room=other_room, by=charlie, text="latest")
    assert api(alice)("get", "rooms/").json()["results"][0]["id"] == str(other_room.uuid)


def test_unread_counts_what_others_wrote_since(talk, api, alice, bob):
    def unread(user) -> int:
        return api(user)("get", here(talk)).json()["unread"]

    assert (unread(alice), unread(bob)) == (1, 2)
    Membership.objects.filter(user=bob).update(read=1)
    assert unread(bob) == 1
    messages.delete(room=talk, by=alice, message_id=id_of(talk, 3))
    assert unread(bob) == 0


def test_opening_a_pair_is_201_and_then_200(api, alice, charlie):
    first = api(alice)("post", "rooms/", {"with": "charlie"})
    again = api(alice)("post", "rooms/", {"with": "Charlie"})
    other_way = api(charlie)("post", "rooms/", {"with": "alice"})

    assert [one.status_code for one in (first, again, other_way)] == [201, 200, 200]
    assert len({one.json()["id"] for one in (first, again, other_way)}) == 1
    assert Room.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"with": "nobody"}, 404, "unknown_person"),
        ({"with": "alice@example.org"}, 404, "unknown_person"),
        ({"with": "alice"}, 400, "yourself"),
        ({"with": ""}, 400, "invalid"),
        ({"with": None}, 400, "invalid"),
        ({"with": ["bob"]}, 400, "invalid"),
        ({"with": "b\x00b"}, 400, "invalid"),
        ({"with": "\ud800"}, 400, "invalid"),
        ({}, 400, "invalid"),
        ([], 400, "invalid"),
    ],
)
def test_opening_what_cannot_be_opened(api, alice, body, status, code):
    answer = api(alice)("post", "rooms/", json.dumps(body))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Room.objects.exists()


def test_switched_off_and_anonymised_people_cannot_be_met(api, alice, bob, charlie):
    from digi.accounts.services import people

    people.deactivate(user=bob)
    people.anonymise(user=charlie)

    for name in ("bob", charlie.username):
        assert api(alice)("post", "rooms/", {"with": name}).json()["code"] == "unknown_person"


def test_hidden_and_left_rooms_are_not_listed(talk, api, alice, bob):
    def listed(user) -> list:
        return api(user)("get", "rooms/").json()["results"]

    api(alice)("post", here(talk) + "hide/")
    assert (len(listed(alice)), len(listed(bob))) == (0, 1)
    assert api(alice)("get", here(talk)).status_code == 200
    messages.post(room=talk, by=bob, text="still there?")
    assert len(listed(alice)) == 1
    api(alice)("post", here(talk) + "leave/")
    assert listed(alice) == []
    assert [one["left"] for one in listed(bob)[0]["members"]] == [True, False]


def test_rooms_take_the_same_queries_for_one_and_three(api, person, alice):
    call, counted = api(alice), []
    for number in range(3):
        rooms_of(alice, person(f"friend{number}"))
        call("get", "rooms/")
        with CaptureQueriesContext(connection) as captured:
            answer = call("get", "rooms/")
        assert len(answer.json()["results"]) == number + 1
        counted.append(len(captured))

    assert counted[0] == counted[2]


def rooms_of(user, other) -> Room:
    opened = rooms.open_pair(by=user, other=other)[0]
    journal.write([add(opened, other, "hi"), add(opened, user, "hello")])
    drafts.keep(room=opened, by=user, text="begun")
    return opened


# Messages


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
