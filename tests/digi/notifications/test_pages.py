"""The inbox as a browser without scripts sees it."""

from datetime import timedelta
from html import unescape
from re import findall
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_script_prefix
from django.utils import timezone

from digi.notifications.models import Notification
from digi.notifications.services import inboxes, notify, states, withdraw
from tests.digi.notifications.conftest import AUTHOR, GRADE, QUIET
from tests.digi.notifications.reading import numbers, words

pytestmark = pytest.mark.django_db


# The list.


def test_empty_inbox_says_what_will_stand_there(page):
    assert "Your inbox is empty" in words(page.get("/notifications/"))


def test_inbox_shows_what_happened_to_what_and_why(page, tell):
    tell(group="remarks")
    tell(group="remarks")

    shown = page.get("/notifications/")

    assert "Bob Özil left 2 remarks A thing because you wrote it" in words(shown)
    assert "no-store" in shown.headers["Cache-Control"]


def test_shelves_hold_what_is_unread_done_and_put_off(page, alice, tell):
    for _ in range(4):
        tell()
    states.read(user=alice, numbers=[1])
    states.finish(user=alice, numbers=[2])
    states.snooze(user=alice, numbers=[3], until=timezone.now() + timedelta(days=2))

    shelves = {name: numbers(page.get(f"/notifications/?shelf={name}")) for name in ("", "unread", "done", "snoozed")}

    assert shelves == {"": [4, 1], "unread": [4], "done": [2], "snoozed": [3]}
    assert "comes back" in words(page.get("/notifications/?shelf=snoozed"))


def test_inbox_of_one_kind_alone(page, tell):
    tell()
    tell(kind=QUIET.name)

    shown = page.get(f"/notifications/?kind={QUIET.name}")

    assert numbers(shown) == [2]
    assert "Trifles" in words(shown)


def test_address_with_nonsense_is_the_inbox(page, tell):
    tell()

    assert numbers(page.get("/notifications/?shelf=cellar&before=yesterday&kind=%00")) == [1]


def test_inbox_goes_on_where_a_page_ends(page, tell, monkeypatch):
    monkeypatch.setattr("digi.notifications.views.inbox.PAGE", 2)
    for _ in range(5):
        tell()

    first = page.get("/notifications/")
    (older,) = findall(r'href="([^"]+)" rel="next"', first.content.decode())
    second = page.get(unescape(older))

    assert (numbers(first), numbers(second)) == ([5, 4], [3, 2])
    assert "The newest" in words(second)


def test_days_part_the_list_and_what_came_back_stands_with_its_neighbours(page, alice, tell):
    for days in (40, 3, 1, 0):
        (one,) = tell()
        here = timezone.now().astimezone(ZoneInfo(alice.time_zone))  # where not every day has 24 hours
        Notification.objects.filter(pk=one.pk).update(at=here - timedelta(days=days))
    Notification.objects.filter(user=alice, number=1).update(latest=99)  # put off, and back

    headings = findall(r'list-h">([^<]+)', page.get("/notifications/").content.decode())

    assert headings == ["Today", "Yesterday", "The last seven days"]


@pytest.mark.parametrize("address", ["/notifications/", "/people/"])
def test_pages_ask_the_database_no_more_for_three_notifications_than_for_one(page, address, person, alice, thing):
    page.get(address)
    counts = []
    for name in ("dora", "emil", "fritz"):
        notify(**thing.told(), to={alice: AUTHOR.name}, actor=person(name))
        with CaptureQueriesContext(connection) as queries:
            page.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[2]


def test_bell_counts_on_every_page_in_one_query(page, alice, tell):
    tell()
    tell()
    states.read(user=alice, numbers=[1])

    with CaptureQueriesContext(connection) as queries:
        glanced = inboxes.glance(alice)
    asked = len(queries)
    shown = page.get("/people/").content.decode()

    assert (glanced, asked) == ((3, 1), 1)
    assert 'data-n="3"' in shown
    assert "<span data-count>1</span>" in shown


def test_bell_of_somebody_who_was_never_told_anything(erin, client_for):
    assert inboxes.glance(erin) == (0, 0)
    assert '<span class="count" hidden>' in client_for(erin).get("/people/").content.decode()


def test_strangers_are_led_to_the_door(client):
    for address in ("/notifications/", "/notifications/1/", "/notifications/1/open/", "/me/notifications/"):
        assert client.get(address).url == f"/accounts/login/?next={address}"


# One of them.


def test_opening_one_reads_it_and_says_why(page, tell, alice):
    tell()

    shown = page.get("/notifications/1/")

    assert "It came because you wrote it ." in words(shown)
    assert "to your inbox at once, by e-mail at once, in the browser at once" in words(shown)
    assert Notification.objects.get(user=alice).read_at is not None


def test_page_that_renews_itself_reads_nothing(page, tell, alice):
    tell()

    page.get("/notifications/1/", headers={"X-Digi-Live": "1"})

    assert Notification.objects.get(user=alice).read_at is None


def test_following_one_reads_it_and_leads_to_where_it_happened(page, tell, alice, thing):
    tell()

    answer = page.get("/notifications/1/open/")

    assert answer.url == f"/things/{thing.name[6:]}/"
    assert inboxes.glance(alice)[1] == 0


def test_following_leads_below_what_lies_before_every_path(page, tell, thing):
    tell()

    with override_script_prefix("/forum/"):
        answer = page.get("/notifications/1/open/")

    assert answer.url == f"/forum/things/{thing.name[6:]}/"


def test_obligatory_kind_says_so(page, tell):
    tell(kind=GRADE.name)

    assert "Everybody whom this kind concerns is told at once." in words(page.get("/notifications/1/"))


@pytest.mark.parametrize("address", ["/notifications/1/", "/notifications/1/open/"])
def test_notification_of_somebody_else_is_not_there(client_for, tell, erin, bob, address):
    tell()

    assert [client_for(user).get(address).status_code for user in (erin, bob)] == [404, 404]


def test_what_was_taken_back_is_not_there(page, tell, alice, thing):
    tell()

    withdraw(target=thing.name, users=[alice])

    assert numbers(page.get("/notifications/")) == []
    assert page.get("/notifications/1/").status_code == 404
