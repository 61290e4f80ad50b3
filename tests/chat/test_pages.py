"""The pages of chat as a browser without scripts sees them."""

import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat import connection, views
from chat.models import Membership, Message
from chat.services import drafts, messages, receipts, rooms
from chat.services.receipts import Receipt
from digi.realtime.limits import Buckets
from tests.chat.writing import id_of

pytestmark = pytest.mark.django_db
STATIC = Path(__file__).parents[2] / "static"


@pytest.fixture(autouse=True)
def _fresh_buckets(monkeypatch):
    monkeypatch.setattr(views, "_posts", Buckets())


def address(room, user, page="room"):
    """A page of a room under a fresh id of the person's."""
    return reverse(f"chat:{page}", args=[connection.issue(room.pk, user.pk)])


def words(response):
    """What a reader reads, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<(script|title).*?</\1>|<[^>]*>", " ", response.content.decode(), flags=re.S))


def read(room, user, seq):
    receipts.mark([Receipt(room.pk, str(room.uuid), user.pk, user.username, seq, read=True)])


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


def test_home_is_the_app_for_who_is_signed_in(client_for, alice):
    assert client_for(alice).get("/").url == "/chat/"


# A room.


def test_room_shows_messages_in_groups_under_their_days(client_for, room, alice, bob):
    for by, text in ((alice, "one"), (bob, "two"), (bob, "three")):
        messages.post(room=room, by=by, text=text)
    Message.objects.filter(seq=1).update(at=timezone.now() - timedelta(days=1))
    read(room, alice, 3)
    read(room, bob, 1)

    page = client_for(alice).get(address(room, alice)).content.decode()

    assert re.findall(r'<time datetime="[\d-]+">(\w+)</time>', page) == ["Yesterday", "Today"]
    rows = re.findall(r'<li class="message" id="m(\d)"[^>]*?( data-first)?( data-own)?(?: data-state="(\w+)")?>', page)
    assert rows == [
        ("1", " data-first", " data-own", "read"),
        ("2", " data-first", "", ""),
        ("3", "", "", ""),
    ]
    assert "unread-line" not in page


def test_room_draws_the_line_at_the_first_unread(client_for, room, alice, bob):
    for text in ("one", "two", "three"):
        messages.post(room=room, by=bob, text=text)
    read(room, alice, 1)

    page = client_for(alice).get(address(room, alice)).content.decode()

    assert re.findall(r'class="unread-line"|id="m\d"', page) == ['id="m1"', 'class="unread-line"', 'id="m2"', 'id="m3"']


def test_room_loads_as_far_back_as_the_first_unread(client_for, room, alice, bob):
    for number in range(80):
        messages.post(room=room, by=bob, text=str(number))
    read(room, alice, 10)

    page = client_for(alice).get(address(room, alice)).content.decode()

    assert page.index("unread-line") < page.index('id="m11"')
    assert page.count('<li class="message"') == 80


def test_room_shows_a_reply_to_a_message_that_is_not_loaded(client_for, room, alice, bob):
    messages.post(room=room, by=bob, text="the **source**")
    for number in range(55):
        messages.post(room=room, by=alice, text=str(number))
    read(room, alice, 1)
    messages.post(room=room, by=alice, text="the reply", reply_to=id_of(room, 1))

    response = client_for(alice).get(address(room, alice))

    assert "Earlier messages" in words(response)
    assert "Bob the source the reply" in words(response)
    assert 'href="#m1"' in response.content.decode()


def test_room_shows_edits_and_tombstones(client_for, room, alice, bob):
    messages.post(room=room, by=bob, text="wrng")
    messages.edit(room=room, by=bob, message_id=id_of(room, 1), text="right")
    messages.post(room=room, by=bob, text="gone")
    messages.delete(room=room, by=bob, message_id=id_of(room, 3))

    shown = words(client_for(alice).get(address(room, alice)))

    assert "right edited" in shown
    assert "Bob deleted this message" in shown
    assert "wrng" not in shown
    assert "gone" not in shown


def test_room_has_the_draft_of_another_device(client_for, room, alice):
    drafts.keep(room=room, by=alice, text="\n begun <b>")

    page = client_for(alice).get(address(room, alice)).content.decode()

    assert ">\n\n begun &lt;b&gt;</textarea>" in page


def test_room_with_long_history_asks_no_more_than_with_a_short_one(client_for, room, alice, bob):
    client = client_for(alice)
    client.get("/chat/")
    counts = []
    for number in (1, 3):
        for _ in range(number):
            messages.post(room=room, by=bob, text="hi", reply_to=id_of(room, 1) if counts else None)
        with CaptureQueriesContext(database) as queries:
            client.get(address(room, alice))
        counts.append(len(queries))

    assert counts[0] == counts[1]


# Who may come in.


@pytest.mark.parametrize("page", ["room", "leave", "hide", "receipts"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_are_not_there_for_an_outsider(client_for, room, alice, charlie, page, method):
    messages.post(room=room, by=alice, text="secret")
    client = client_for(charlie)

    answers = [
        getattr(client, method)(address(room, charlie, page)),
        getattr(client, method)(address(room, alice, page)),
        getattr(client, method)(reverse(f"chat:{page}", args=["Z0FBQUFBmade-up"])),
    ]

    expected = 405 if method == "get" and page in ("hide", "receipts") else 404
    assert [answer.status_code for answer in answers] == [expected] * 3
    changing = r"req-\w+|csrf-token. content=.\w+|value=.[\w/-]+"
    assert len({re.sub(changing, "", answer.content.decode()) for answer in answers}) == 1
    assert Message.objects.count() == 1
    assert Membership.objects.filter(left_at=None, hidden_at=None, receipts=True, user=alice).exists()


def test_room_is_not_there_for_who_has_left(client_for, room, bob):
    rooms.leave(room=room, by=bob)

    assert client_for(bob).get(address(room, bob)).status_code == 404
    assert client_for(bob).post(address(room, bob), {"message": "hi", "cid": uuid.uuid4()}).status_code == 404


@pytest.mark.parametrize("page", ["room", "leave", "hide", "receipts"])
def test_pages_lead_strangers_to_the_door(client, room, alice, page):
    here = address(room, alice, page)

    assert client.post(here).url == f"/accounts/login/?next={here}"
    assert client.get("/chat/new/").url == "/accounts/login/?next=/chat/new/"


def test_an_id_that_is_too_old_leads_a_member_to_a_fresh_one(client_for, room, alice, charlie, monkeypatch):
    old, strange = address(room, alice), address(room, charlie)
    monkeypatch.setattr(connection, "LIFETIME", -1)
    answer, refusal = client_for(alice).get(old), client_for(charlie).get(strange)
    monkeypatch.undo()

    assert answer.url.startswith("/chat/Z0FBQUFB")
    assert answer.url != old
    assert client_for(alice).get(answer.url).status_code == 200
    assert refusal.status_code == 404


# Writing.


def test_a_form_writes_once_however_often_it_is_sent(client_for, room, alice):
    client = client_for(alice)
    form = {"message": "first\r\nsecond", "cid": str(uuid.uuid4())}
    drafts.keep(room=room, by=alice, text="first")

    answers = [client.post(address(room, alice), form) for _ in range(2)]
    shown = client.get(answers[0].url)

    assert [answer.status_code for answer in answers] == [302, 302]
    assert "first<br>\nsecond" in shown.content.decode()
    assert Message.objects.count() == 1
    assert "first" not in shown.context["form"].initial["message"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [(" \n", "A message needs some text."), ("x" * 8001, "8001 characters, and a message holds 8000.")],
)
def test_a_text_that_is_refused_comes_back(client_for, room, alice, text, complaint):
    response = client_for(alice).post(address(room, alice), {"message": text, "cid": uuid.uuid4()})

    assert response.status_code == 400
    assert complaint in words(response)
    assert f"\n{text}</textarea>" in response.content.decode()
    assert not Message.objects.exists()


def test_writing_too_fast_keeps_the_text(client_for, room, alice, settings):
    settings.DIGI_LIMITS = settings.DIGI_LIMITS | {"messages": settings.DIGI_LIMITS["messages"]._replace(burst=1)}
    client = client_for(alice)

    answers = [client.post(address(room, alice), {"message": text, "cid": uuid.uuid4()}) for text in ("one", "two")]

    assert [answer.status_code for answer in answers] == [302, 429]
    assert "\ntwo</textarea>" in answers[1].content.decode()


# Starting, leaving, hiding, receipts.


def test_new_finds_people_and_opens_the_room(client_for, alice, bob):
    client = client_for(alice)

    found = client.get("/chat/new/?q=bo")
    opened = client.post("/chat/new/", {"with": "Bob"})

    assert "Bob bob Write" in words(found)
    assert "bob@example.org" not in found.content.decode()
    assert "Nothing written yet" in words(client.get(opened.url))


def test_new_gives_htmx_the_list_alone(client_for, alice, bob):
    response = client_for(alice).get("/chat/new/?q=bo", headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert "Bob" in words(response)
    assert response.headers["Vary"].count("HX-Request") == 1


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


def test_modules_are_all_that_the_script_imports(client_for, alice):
    page = client_for(alice).get("/chat/").content.decode()
    preloaded = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', page)

    assert set(preloaded) == _imports("js/chat.js", set()) - {"js/chat.js"}
    assert len(preloaded) == len(set(preloaded))


def _imports(path, found):
    found.add(path)
    source = (STATIC / path).read_text()
    for target in re.findall(r'^(?:import|export)\s(?:[^"]*?from\s)?"(\.[^"]+)"', source, re.M):
        there = str((STATIC / path).parent.joinpath(target).resolve().relative_to(STATIC.resolve()))
        if there not in found:
            _imports(there, found)
    return found
