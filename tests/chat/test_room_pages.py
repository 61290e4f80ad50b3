"""A room's page, rendered by the server: what it shows, who may come in, and what its form writes."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat import connection, views
from chat.models import Membership, Message
from chat.services import drafts, messages, rooms
from digi.realtime.limits import Buckets
from tests.chat.reading import address, read, words
from tests.chat.writing import id_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_buckets(monkeypatch):
    monkeypatch.setattr(views, "_posts", Buckets())


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
