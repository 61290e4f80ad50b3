"""What of a conversation is a notification: a mention and a first message, without the text."""

import pytest
from django.core import mail
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from msgspec import structs

from chat.services import alerts, journal, messages, receipts, rooms
from digi.notifications import registry
from digi.notifications.models import Delivery, Notification
from digi.notifications.services import post
from digi.notifications.services.views import views_for
from tests.chat.writing import add

pytestmark = pytest.mark.django_db(transaction=True)  # they are told after the commit


@pytest.fixture
def erin(person):
    """The outsider."""
    return person("erin")


@pytest.fixture
def group(alice, bob, charlie):
    room = rooms.open_group(by=alice, others=[bob, charlie], title="Reading group")
    messages.post(room=room, by=alice, text="welcome")
    return room


def inbox(person) -> list[tuple[str, str, str]]:
    """Kind, text and reason of what a person was told."""
    rows = Notification.objects.filter(user=person).select_related("actor").order_by("number")
    return [(view["kind"], view["text"], view["why"]) for view in views_for(person, rows)]


def test_first_message_from_somebody_new_is_told_to_the_other_alone(room, alice, bob, charlie):
    for text in ("hello", "are you there?"):
        messages.post(room=room, by=alice, text=text)
    messages.post(room=room, by=bob, text="yes")

    assert inbox(bob) == [("chat.first", "Alice wrote to you for the first time", "because this chat is new to you")]
    assert inbox(alice) == inbox(charlie) == []


def test_mention_reaches_members_who_are_named(group, alice, bob, charlie, erin):
    messages.post(room=group, by=alice, text="@bob and @erin, and `@charlie` in code, and me: @alice")

    assert inbox(bob) == [("chat.mention", "Alice mentioned you", "because you are mentioned")]
    assert inbox(alice) == inbox(charlie) == inbox(erin) == []


def test_former_member_is_not_told(group, alice, bob):
    rooms.leave(room=group, by=bob)

    messages.post(room=group, by=alice, text="@bob?")

    assert inbox(bob) == []


def test_whoever_leaves_loses_what_was_told_about_the_room(group, alice, bob):
    messages.post(room=group, by=alice, text="@bob!")

    rooms.leave(room=group, by=bob)

    assert not Notification.objects.of(bob).exists()
    assert set(Notification.objects.values_list("title", "url")) == {("", "")}


def test_nothing_holds_the_text(room, alice, bob):
    messages.post(room=room, by=alice, text="the secret is 42, @bob")
    post.send_due()

    row = Notification.objects.values().get(user=bob)
    (message,) = mail.outbox
    assert "secret" not in repr(row)
    assert "secret" not in message.body + message.alternatives[0][0] + message.subject
    assert message.subject == "Alice: Alice mentioned you"


def test_address_opens_the_room_for_its_person(room, alice, bob, charlie, client_for):
    messages.post(room=room, by=alice, text="hello")
    url = Notification.objects.get(user=bob).url

    assert client_for(bob).get(url).status_code == 200
    assert client_for(charlie).get(url).status_code == 404


def test_mentions_of_one_room_gather_while_unread(group, alice, bob):
    for _ in range(3):
        messages.post(room=group, by=alice, text="@bob!")

    assert Notification.objects.get(user=bob).count == 3
    assert Delivery.objects.count() == 1


def test_same_message_sent_again_is_told_once(group, alice, bob):
    entry = add(group, alice, "@bob")

    journal.write([entry])
    journal.write([entry])

    assert Notification.objects.get(user=bob).count == 1


def test_reading_the_room_reads_what_was_told_about_it(group, alice, bob):
    written = messages.post(room=group, by=alice, text="@bob!")

    receipts.mark([receipts.Receipt(group.pk, str(group.uuid), bob.pk, "bob", written.seq, read=True)])

    assert Notification.objects.get(user=bob).read_at is not None


@pytest.fixture
def untold(group, alice):
    """A message that mentions Bob, stored and not told of yet."""
    written = messages.post(room=group, by=alice, text="@bob!")
    Notification.objects.all().delete()
    return written.event


def test_mention_that_is_read_before_it_is_told_of_is_not_told(untold, group, bob):
    receipts.mark([receipts.Receipt(group.pk, str(group.uuid), bob.pk, "bob", untold.seq, read=True)])

    alerts.tell([untold])

    assert not Notification.objects.exists()


def test_mention_that_is_read_while_it_is_told_of_is_read(untold, group, bob, charlie, monkeypatch):
    def reads(_written):
        group.memberships.filter(user=bob).update(read=untold.seq)

    monkeypatch.setattr(registry, "written", [*registry.written, reads])

    alerts.tell([structs.replace(untold, message="@bob and @charlie!")])

    assert Notification.objects.get(user=bob).read_at is not None
    assert Notification.objects.get(user=charlie).read_at is None


def test_mention_is_told_of_anew_where_a_row_it_hangs_on_went_away_meanwhile(untold, bob, monkeypatch):
    gone = [999_999]

    def goes(_written):
        if gone:
            Notification.objects.update(actor=gone.pop())

    monkeypatch.setattr(registry, "written", [*registry.written, goes])

    alerts.tell([untold])

    assert Notification.objects.get(user=bob).actor.username == "alice"


def test_mistake_of_ours_costs_no_message(group, alice, monkeypatch, caplog):
    monkeypatch.setattr(alerts, "notify", lambda **_more: 1 / 0)

    messages.post(room=group, by=alice, text="@bob!")

    assert "a message was not notified of" in caplog.text


def test_room_that_is_gone_before_it_is_told_of_is_no_mistake(group, alice, caplog):
    written = messages.post(room=group, by=alice, text="@bob!")
    Notification.objects.all().delete()

    alerts.tell([structs.replace(written.event, topic="room:999999")])

    assert caplog.text == ""
    assert not Notification.objects.exists()


def test_ordinary_message_costs_no_query(group, alice):
    for number in range(10):
        messages.post(room=group, by=alice, text=f"message {number}")

    with CaptureQueriesContext(database) as queries:
        journal.write([add(group, alice), add(group, alice)])

    assert not [query for query in queries if "notifications_" in query["sql"]]
    assert len(queries) <= 12
