"""The pages of chat as a browser without scripts sees them."""

import re
from pathlib import Path

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from chat.models import Membership
from chat.services import drafts, messages, rooms
from tests.chat.reading import address, read, words

pytestmark = pytest.mark.django_db
STATIC = Path(__file__).parents[2] / "static"


# The list.


def test_list_says_what_will_stand_there(client_for, alice):
    response = client_for(alice).get("/chat/")

    assert "No chats yet" in words(response)
    assert "no-store" in response.headers["Cache-Control"]


def test_list_shows_last_message_unread_and_draft(client_for, room, other_room, alice, bob):
    messages.post(room=room, by=bob, text="**first**")
    messages.post(room=room, by=bob, text="*second* one")
    messages.post(room=other_room, by=alice, text="to Charlie")
    drafts.keep(room=other_room, by=alice, text="begun …")

    response = client_for(alice).get("/chat/")

    assert "<title>(2) Chat" in response.content.decode()
    assert re.search(r"Bob \d\d:\d\d second one 2 unread", words(response))
    assert "Draft: begun …" in words(response)
    assert "to Charlie" not in words(response)


def test_list_asks_the_database_no_more_for_three_rooms_than_for_one(client_for, person, alice):
    client = client_for(alice)
    client.get("/chat/")
    counts = []
    for name in ("bob", "carol", "dave"):
        room, _ = rooms.open_pair(by=alice, other=person(name))
        messages.post(room=room, by=alice, text="hi")
        with CaptureQueriesContext(database) as queries:
            client.get("/chat/")
        counts.append(len(queries))

    assert counts[0] == counts[2]


# Starting, leaving, hiding, receipts.


def test_new_finds_people_and_opens_the_room(client_for, alice, bob):
    client = client_for(alice)

    found = client.get("/chat/new/?q=bo")
    opened = client.post("/chat/new/", {"with": "Bob"})

    assert "Bob bob Write" in words(found)
    assert "bob@example.org" not in found.content.decode()
    assert "Nothing written yet" in words(client.get(opened.url))


@pytest.mark.parametrize("name", ["nobody", "", "alice"])
def test_new_refuses_whom_one_cannot_write_to(client_for, alice, name):
    response = client_for(alice).post("/chat/new/", {"with": name})

    assert response.status_code == (400 if name == "alice" else 404)


def test_leaving_asks_first(client_for, room, alice):
    client = client_for(alice)

    asked = client.get(address(room, alice, "leave"))
    still_there = Membership.objects.current().filter(user=alice).count()
    left = client.post(address(room, alice, "leave"))

    assert "Leave the room with Bob?" in words(asked)
    assert still_there == 1
    assert left.url == "/chat/"
    assert "Bob" not in words(client.get("/chat/"))


def test_a_room_that_the_other_has_left_says_so(client_for, room, alice, bob):
    rooms.leave(room=room, by=bob)

    response = client_for(alice).get(address(room, alice))

    assert "has left this room" in words(response)
    assert 'class="notice has-left">' in response.content.decode()


def test_a_hidden_room_comes_back_with_the_next_message(client_for, room, alice, bob):
    messages.post(room=room, by=bob, text="one")
    client = client_for(alice)

    client.post(address(room, alice, "hide"))
    hidden = words(client.get("/chat/"))
    messages.post(room=room, by=bob, text="two")

    assert "Bob" not in hidden
    assert "two" in words(client.get("/chat/"))


def test_receipts_are_switched_and_explained(client_for, room, alice, bob):
    client = client_for(alice)
    messages.post(room=room, by=alice, text="hi")
    read(room, bob, 1)
    before = client.get(address(room, alice)).content.decode()

    answer = client.post(address(room, alice, "receipts"), {})
    mine = client.get(answer.url).content.decode()
    theirs = words(client_for(bob).get(address(room, bob)))

    assert ('data-state="read"' in before, 'data-state="sent"' in mine) == (True, True)
    assert "Alice keeps theirs off, so neither of you sees what the other has read." in theirs


# What the browser fetches.


def test_modules_are_all_that_the_scripts_import(client_for, alice, bob):
    client = client_for(alice)
    opened = client.post("/chat/new/", {"with": "bob"})

    for url, script in (("/chat/", "js/rooms.js"), (opened.url, "js/chat.js")):
        page = client.get(url).content.decode()
        preloaded = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', page)

        assert f'src="/static/{script}"' in page
        assert set(preloaded) == _imports(script, set()) - {script}
        assert len(preloaded) == len(set(preloaded))


def _imports(path, found):
    found.add(path)
    source = (STATIC / path).read_text()
    for target in re.findall(r'^(?:import|export)\s(?:[^"]*?from\s)?"(\.[^"]+)"', source, re.M):
        there = str((STATIC / path).parent.joinpath(target).resolve().relative_to(STATIC.resolve()))
        if there not in found:
            _imports(there, found)
    return found
