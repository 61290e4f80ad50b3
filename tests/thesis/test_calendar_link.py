"""The secret link of a calendar: made, replaced, revoked, asked again."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from digi.accounts.models import CalendarFeed
from digi.accounts.services import tokens
from digi.audit.models import AuditEvent
from digi.environment import Rate
from tests.thesis.calendars import entries, fetched
from thesis import days
from thesis.services import plan

pytestmark = pytest.mark.django_db

SOON = days.today() + timedelta(days=20)


def test_link_is_replaced_and_revoked(link, api, alice):
    first = link(alice)
    second = link(alice)
    assert (fetched(first).status_code, fetched(second).status_code) == (404, 200)

    assert api(alice)("delete", "me/calendar/").status_code == 204
    assert api(alice)("delete", "me/calendar/").status_code == 204

    assert fetched(second).status_code == 404
    assert api(alice)("get", "me/calendar/").json()["shared"] is False
    told = AuditEvent.objects.filter(action__startswith="calendar.").order_by("n").values_list("action", flat=True)
    assert list(told) == ["calendar.shared", "calendar.shared", "calendar.revoked"]


def test_secret_is_stored_nowhere_and_shown_once(link, api, alice):
    secret = link(alice).rpartition("/")[2].removesuffix(".ics")

    row = CalendarFeed.objects.values().get()

    assert len(secret) >= 43
    assert not any(secret in str(value) for value in row.values())
    told = api(alice)("get", "me/calendar/").json()
    assert set(told) == {"shared", "created_at", "last_used_at"}
    assert secret not in str(AuditEvent.objects.values_list("details", flat=True))


@pytest.mark.parametrize("secret", ["x", "a" * 43, "%00", "ä", "me"])
def test_unknown_links_are_all_alike(db, secret):
    answer = fetched(f"/api/v1/calendar/{secret}.ics")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_link")


def test_unchanged_calendar_is_not_sent_again(planned, link, alice, bob):
    url = link(alice)
    first = fetched(url)
    tag = first.headers["ETag"]

    again = fetched(url, **{"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert fetched(url).content == first.content

    plan.add_milestone(thesis=planned, by=bob, title="Write", due_on=SOON)
    assert fetched(url, **{"If-None-Match": tag}).status_code == 200


def test_tag_stays_for_days_while_nothing_changes(planned, link, alice, bob):
    url = link(alice)
    fetched(url)
    CalendarFeed.objects.update(changed_at=timezone.now() - timedelta(days=3))

    first, second = fetched(url), fetched(url)
    assert first.headers["ETag"] == second.headers["ETag"]
    (stamped,) = {event["dtstamp"].dt for event in entries(url).values()}
    assert stamped < timezone.now() - timedelta(days=2)

    plan.add_milestone(thesis=planned, by=bob, title="Write", due_on=SOON)
    (stamped,) = {event["dtstamp"].dt for event in entries(url).values()}
    assert stamped > timezone.now() - timedelta(days=1)


def test_feed_is_private_and_has_no_session(planned, link, alice):
    answer = fetched(link(alice))

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies


def test_program_that_asks_for_calendars_only_gets_one(planned, link, alice):
    assert fetched(link(alice), Accept="text/calendar").status_code == 200


def test_feed_is_throttled_by_address(link, alice, settings):
    url = link(alice)
    settings.DIGI_LIMITS = settings.DIGI_LIMITS | {"anonymous": Rate(2, 60)}

    assert [fetched(url).status_code for _ in range(3)] == [200, 200, 429]


def test_link_is_for_signed_in_people_and_tokens_of_that_scope(client, alice):
    assert client.post("/api/v1/me/calendar/").status_code == 401
    for scope, status in (("me:write", 403), ("calendar:write", 201)):
        _, secret = tokens.create(user=alice, name=scope, scopes=[scope])
        answer = Client().post("/api/v1/me/calendar/", headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == status, scope


def test_use_is_written_down_once_an_hour(planned, link, alice):
    url = link(alice)
    fetched(url)
    (used,) = CalendarFeed.objects.values_list("last_used_at", flat=True)

    fetched(url)
    assert CalendarFeed.objects.get().last_used_at == used

    CalendarFeed.objects.update(last_used_at=used - timedelta(hours=2))
    fetched(url)
    assert CalendarFeed.objects.get().last_used_at > used
