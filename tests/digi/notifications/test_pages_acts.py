"""What is done with notifications, one or many at once, on the pages of the inbox."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from digi.notifications.models import Mute, Notification
from digi.notifications.services import inboxes
from tests.digi.notifications.reading import numbers, words

pytestmark = pytest.mark.django_db


def act(client, verb, *rows, **more):
    return client.post("/notifications/acts/", {"verb": verb, "n": rows, "next": "/notifications/", **more})


def test_verbs_change_what_is_named_and_lead_back(page, tell, alice):
    for _ in range(3):
        tell()

    done = act(page, "done", 1, 2)
    act(page, "reopen", 2)
    act(page, "read", 3)
    act(page, "unread", 3)

    rows = dict(Notification.objects.filter(user=alice).values_list("number", "done_at"))
    assert done.url == "/notifications/"
    assert [number for number, at in rows.items() if at] == [1]
    assert numbers(page.get("/notifications/?shelf=unread")) == [3]


def test_everything_is_read_at_once(page, tell, alice):
    for _ in range(3):
        tell()

    act(page, "read-all")

    assert inboxes.glance(alice)[1] == 0


def test_what_is_put_off_comes_back_when_asked(page, tell, alice):
    tell()

    act(page, "later:tomorrow", 1)
    put_off = Notification.objects.get(user=alice).wakes_at
    act(page, "reopen", 1)

    assert put_off > timezone.now()
    assert numbers(page.get("/notifications/")) == [1]


def test_put_off_to_a_day_is_the_morning_of_it(page, tell, alice):
    alice.time_zone = "America/New_York"
    alice.save()
    tell()

    act(page, "later:day", 1, day="2035-03-01")

    assert Notification.objects.get(user=alice).wakes_at == datetime(2035, 3, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("verb", "more", "said"),
    [
        ("later:day", {}, "Choose a day to come."),
        ("later:day", {"day": "2001-01-01"}, "Choose a time to come."),
        ("later:never", {}, "Choose a day to come."),
        ("erase", {}, "The page does not know this."),
    ],
)
def test_act_that_makes_no_sense_changes_nothing_and_says_why(page, tell, alice, verb, more, said):
    tell()

    answer = page.get(act(page, verb, 1, **more).url)

    assert said in answer.content.decode()
    assert numbers(answer) == [1]


def test_acts_never_touch_what_others_were_told(client_for, tell, erin, alice):
    tell()

    for verb in ("read", "done", "mute", "later:tomorrow"):
        act(client_for(erin), verb, 1)

    one = Notification.objects.get(user=alice)
    assert (one.read_at, one.done_at, one.wakes_at) == (None, None, None)
    assert not Mute.objects.exists()


def test_acts_lead_to_no_other_house(page, tell):
    tell()

    assert act(page, "read", 1, next="https://evil.example/").url == "/notifications/"


def test_reason_is_muted_in_place_and_heard_again(page, tell, alice, thing):
    tell()

    act(page, "mute", 1)
    muted, unheard = words(page.get("/notifications/1/")), tell()
    act(page, "unmute", 1)

    assert "Muted: you are no longer told because you wrote it." in muted
    assert unheard == []
    assert not Mute.objects.filter(user=alice).exists()


def test_reason_is_muted_everywhere(page, tell, alice):
    tell()

    act(page, "mute-everywhere", 1)

    assert Mute.objects.get(user=alice).target == ""
    assert "Undo" in words(page.get("/notifications/1/"))
