"""The log of a webhook over the API: pages, pings, sending again."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digi.webhooks.models import Delivery, DeliveryState, OffReason, Webhook
from digi.webhooks.services import sending, webhooks

pytestmark = pytest.mark.django_db

URL = "https://hooks.example/digi"


def test_log_pages_from_the_newest_and_shows_attempts(mine, hook):
    made = [Delivery.objects.create(webhook=hook, kind="test.remark", body=str(n)) for n in range(5)]
    made[0].attempts.create(status=500, milliseconds=12, error="status", response="oh")
    Delivery.objects.filter(pk=made[0].pk).update(state=DeliveryState.FAILED, tries=1)
    base = f"webhooks/{hook.uuid}/deliveries/"

    pages = [mine.get(f"{base}?limit=2")]
    while pages[-1]["next"]:
        pages.append(mine.get(f"{base}?limit=2&after={pages[-1]['next']}"))

    assert [one["id"] for page in pages for one in page["results"]] == [str(one.uuid) for one in reversed(made)]
    (failed,) = mine.get(f"{base}?state=failed")["results"]
    ((attempt),) = failed["attempts"]
    assert attempt == {"at": attempt["at"], "status": 500, "milliseconds": 12, "error": "status", "response": "oh"}
    assert (failed["event"], failed["tries"]) == (made[0].event, 1)
    assert "body" not in failed
    assert mine.get(f"{base}{made[0].uuid}/")["body"] == "0"


def test_log_takes_the_same_queries_for_one_delivery_and_three(mine, hook, tell):
    mine.get("webhooks/")  # a session's first request asks more
    counts = []
    for more in (1, 2):
        for _ in range(more):
            tell()
            Delivery.objects.latest("pk").attempts.create(status=500)
        with CaptureQueriesContext(connection) as queries:
            assert len(mine.get(f"webhooks/{hook.uuid}/deliveries/")["results"]) >= more
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 6


def test_list_takes_the_same_queries_for_one_webhook_and_three(mine, hook, alice):
    mine.get("webhooks/")  # a session's first request asks more
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            mine.get("webhooks/")
        counts.append(len(queries))
        for _ in range(2):
            webhooks.create(owner=alice, url=URL)

    assert counts[0] == counts[1] <= 4


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "after=x", "state=x"])
def test_pages_that_make_no_sense(mine, hook, query):
    mine.get(f"webhooks/{hook.uuid}/deliveries/?{query}", status=400)


def test_page_after_what_is_not_there_is_empty(mine, hook, tell):
    tell()

    assert mine.get(f"webhooks/{hook.uuid}/deliveries/?after={uuid.uuid4()}") == {"results": [], "next": None}


@pytest.mark.django_db(transaction=True)
def test_ping_is_sent_at_once_and_seen_in_the_log(mine, hook, receiver):
    waits = mine.post(f"webhooks/{hook.uuid}/ping/", None, 202)
    twice = mine.post(f"webhooks/{hook.uuid}/ping/", None, 409)
    sending.send_due()

    (arrival,) = receiver.arrivals
    assert (waits["state"], waits["kind"], twice["code"]) == ("waiting", "webhook.ping", "ping_waits")
    assert arrival.body.decode() == waits["body"]
    assert arrival.json()["data"] == {"webhook": str(hook.uuid)}
    one = mine.get(f"webhooks/{hook.uuid}/deliveries/{waits['id']}/")
    assert (one["state"], one["attempts"][0]["status"], one["due_at"] <= one["settled_at"]) == ("delivered", 200, True)


@pytest.mark.django_db(transaction=True)
def test_ping_that_fails_is_not_sent_again_by_itself_and_the_next_need_not_wait(mine, hook, receiver):
    receiver.statuses = [500]
    for _ in range(2):
        mine.post(f"webhooks/{hook.uuid}/ping/", None, 202)
        sending.send_due()

    states = [one["state"] for one in mine.get(f"webhooks/{hook.uuid}/deliveries/")["results"]]
    assert states == ["delivered", "failed"]


@pytest.mark.django_db(transaction=True)
def test_delivery_is_sent_again_under_its_own_id(mine, hook, receiver, tell):
    tell()
    sending.send_due()
    one = Delivery.objects.get()

    again = mine.post(f"webhooks/{hook.uuid}/deliveries/{one.uuid}/redeliver/", None, 202)
    sending.send_due()

    first, second = receiver.arrivals
    assert (again["state"], again["tries"], again["settled_at"]) == ("waiting", 0, None)
    assert (first.event, first.body) == (second.event, second.body)
    assert second.is_signed_by(hook.shown)
    assert len(mine.get(f"webhooks/{hook.uuid}/deliveries/{one.uuid}/")["attempts"]) == 2


def test_nothing_is_sent_again_by_a_webhook_that_is_off_or_of_what_was_taken_back(mine, hook, tell):
    tell()
    one = Delivery.objects.get()
    here = f"webhooks/{hook.uuid}/deliveries/{one.uuid}/redeliver/"
    Delivery.objects.update(body="")
    gone = mine.post(here, None, 409)
    Webhook.objects.update(active=False, off_reason=OffReason.FAILING)

    assert gone["code"] == "taken_back"
    assert mine.post(here, None, 409)["code"] == "switched_off"
    assert mine.post(f"webhooks/{hook.uuid}/ping/", None, 409)["code"] == "switched_off"


def test_switching_off_drops_what_waits_and_switching_on_forgets_failures(mine, hook, tell):
    tell()
    Webhook.objects.update(failures=9, failing_since=hook.created_at)

    mine.patch(f"webhooks/{hook.uuid}/", {"active": False})
    on = mine.patch(f"webhooks/{hook.uuid}/", {"active": True})

    assert Delivery.objects.get().state == DeliveryState.DROPPED
    assert (on["failing_since"], Webhook.objects.get().failures) == (None, 0)
