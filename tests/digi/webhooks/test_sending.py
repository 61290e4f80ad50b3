"""What is sent, to whom, how often, and what becomes of it."""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digi.audit.models import AuditEvent
from digi.environment import Places
from digi.errors import Stale
from digi.notifications import kinds
from digi.notifications.models import Notification, Preference
from digi.notifications.services import notify, withdraw
from digi.webhooks.models import Attempt, Delivery, DeliveryState, OffReason, Webhook
from digi.webhooks.services import attempts, calling, keeping, planning, sending, switching, webhooks
from tests.digi.notifications.conftest import AUTHOR, GRADE, QUIET, REMARK, Thing

pytestmark = pytest.mark.django_db(transaction=True)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def make_due(**more) -> None:
    """As if the pauses were over."""
    now = timezone.now()
    Delivery.objects.filter(state=DeliveryState.WAITING).update(due_at=now, **more)
    Webhook.objects.update(rests_until=now)


# What is sent


def test_notification_arrives_signed_and_says_what_its_owner_reads(hook, receiver, tell, thing):
    told = tell()

    sending.send_due()

    (arrival,) = receiver.arrivals
    delivery = Delivery.objects.get()
    assert arrival.is_signed_by(hook.shown)
    assert arrival.headers["webhook-id"] == f"msg_{delivery.uuid.hex}"
    assert abs(int(arrival.headers["webhook-timestamp"]) - timezone.now().timestamp()) < 5
    assert arrival.headers["content-type"] == "application/json"
    assert arrival.headers["user-agent"] == "Digi-Webhooks/1"
    at = told.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{told.at.microsecond // 1000:03}Z"
    assert arrival.json() == {
        "type": "test.remark",
        "timestamp": at,
        "data": {
            "id": 1,
            "kind": "test.remark",
            "text": "Bob Özil left 1 remarks",
            "title": "A thing",
            "why": "because you wrote it",
            "reason": "test.author",
            "actor": {"user": "bob", "name": "Bob Özil"},
            "count": 1,
            "target": thing.name,
            "at": at,
            "url": f"http://localhost:8000/things/{thing.name[6:]}/",
        },
    }
    assert states() == ["delivered"]


def test_body_that_was_changed_on_its_way_does_not_verify(hook, receiver, tell):
    tell()
    sending.send_due()

    (arrival,) = receiver.arrivals
    assert not arrival.is_signed_by("whsec_" + "A" * 44)
    arrival.body += b" "
    assert not arrival.is_signed_by(hook.shown)


def test_words_are_in_the_owners_language(hook, receiver, alice, tell):
    alice.language = "de"
    alice.save()

    switching.off(webhook=webhooks.create(owner=alice, url=receiver.url)[0], reason=OffReason.GONE)
    sending.send_due()

    (arrival,) = receiver.arrivals
    assert arrival.json()["data"]["text"] == "Der Webhook wurde abgeschaltet: Sein Empfänger ist weg"


def test_each_of_a_persons_webhooks_gets_the_kinds_it_wants_once(hook, receiver, alice, tell):
    some, _ = webhooks.create(owner=alice, url=receiver.url, kinds=[GRADE.name, QUIET.name])
    webhooks.create(owner=alice, url=receiver.url, active=False)
    Preference.objects.create(user=alice, kind=QUIET.name, channel="inbox", timing="off")

    for kind in (REMARK, QUIET, GRADE):
        tell(kind=kind.name)
    for _ in range(2):
        sending.send_due()

    assert [
        [one.kind for one in Delivery.objects.filter(webhook=webhook).order_by("pk")] for webhook in (hook, some)
    ] == [[REMARK.name, QUIET.name, GRADE.name], [QUIET.name, GRADE.name]]
    assert len({arrival.event for arrival in receiver.arrivals}) == len(receiver.arrivals) == 5


def test_nobody_elses_webhook_is_told(hook, receiver, thing, bob, charlie, erin):
    for person in (bob, erin):
        webhooks.create(owner=person, url=f"{receiver.url}&who={person.username}")

    notify(**thing.told(), to=dict.fromkeys((charlie, erin), AUTHOR.name))
    sending.send_due()

    assert (receiver.arrivals, states()) == ([], [])


def test_each_time_something_happens_again_is_an_event_of_its_own(hook, receiver, tell):
    for _ in range(3):
        tell(group="remarks")
    sending.send_due()

    assert Notification.objects.count() == 1
    assert [arrival.json()["data"]["count"] for arrival in receiver.arrivals] == [1, 2, 3]
    assert len({arrival.event for arrival in receiver.arrivals}) == 3


def test_what_is_told_once_is_sent_once(hook, receiver, tell, thing, alice):
    tell(once="remark:1")
    notify(**thing.told(once="remark:1"), to={alice: AUTHOR.name})
    sending.send_due()

    assert len(receiver.arrivals) == 1


def test_second_row_for_the_same_occurrence_is_impossible(hook, tell):
    told = tell()

    with pytest.raises(Exception, match=r"(?i)unique"), transaction.atomic():
        Delivery.objects.create(webhook=hook, notification=told, occurrence=1, kind="x")


def test_what_is_rolled_back_is_not_sent(hook, receiver, tell):
    with transaction.atomic():
        tell()
        transaction.set_rollback(True)
    sending.send_due()

    assert (receiver.arrivals, states()) == ([], [])


def test_planning_takes_the_same_queries_for_one_person_and_three(thing, alice, bob, charlie, receiver):
    counts = []
    for people in ([alice], [alice, bob, charlie]):
        for person in people:
            webhooks.create(owner=person, url=receiver.url)
        with CaptureQueriesContext(connection) as queries:
            notify(**thing.told(), to=dict.fromkeys(people, AUTHOR.name))
        counts.append(len([query for query in queries if "webhooks_" in query["sql"]]))

    assert counts == [2, 2]


# Access


def test_what_the_owner_may_no_longer_read_is_not_sent(hook, receiver, tell, thing, alice):
    tell(title="A secret title")
    thing.readers.discard(alice.pk)
    sending.send_due()

    assert (receiver.arrivals, states()) == ([], ["dropped"])


def test_what_was_taken_back_is_neither_sent_nor_kept(hook, receiver, tell, thing, alice):
    receiver.text = b"A secret title was received"
    tell(title="A secret title")
    sending.send_due()
    tell(title="A secret title")

    withdraw(target=thing.name, users=[alice])
    sending.send_due()

    assert (len(receiver.arrivals), states()) == (1, ["delivered", "dropped"])
    assert set(Delivery.objects.values_list("body", flat=True)) == {""}
    assert Attempt.objects.get().response == ""


@pytest.mark.parametrize("gone", [{"is_active": False}, {"anonymised_at": timezone.now()}])
def test_webhooks_of_somebody_who_is_gone_are_silent(hook, receiver, tell, alice, gone):
    tell()
    type(alice).objects.filter(pk=alice.pk).update(**gone)
    sending.send_due()

    assert (receiver.arrivals, states()) == ([], ["dropped"])


def test_webhooks_of_somebody_who_is_anonymised_go(hook, alice, tell):
    from digi.accounts.services import people

    tell()
    people.anonymise(user=alice)

    assert not Webhook.objects.exists()
    assert not Delivery.objects.exists()


# Failures


def test_failure_is_tried_again_after_growing_pauses_with_the_same_event(hook, receiver, tell):
    receiver.statuses = [500] * 20
    tell()
    pauses = []
    for _ in range(20):
        make_due()
        before = timezone.now()
        sending.send_due()
        pauses.append((Delivery.objects.get().due_at - before).total_seconds() / 60)
        if states() != ["waiting"]:
            break

    assert states() == ["failed"]
    assert len(receiver.arrivals) == 10
    assert len({arrival.event for arrival in receiver.arrivals}) == 1
    assert len({arrival.body for arrival in receiver.arrivals}) == 1
    for pause, least in zip(pauses, (1, 5, 30, 120, 300, 600, 840, 1200, 1440), strict=False):
        assert least <= pause < least * 1.2 + 0.2


def test_success_after_a_failure_settles_it_and_the_log_shows_both(hook, receiver, tell):
    receiver.statuses = [500]
    tell()
    sending.send_due()
    failing = Webhook.objects.get()
    make_due()
    sending.send_due()

    assert (failing.failures, failing.failing_since is None, failing.version) == (1, False, 2)
    assert states() == ["delivered"]
    assert [(one.status, one.error) for one in Attempt.objects.all()] == [(500, "status"), (200, "")]
    assert [one.response for one in Attempt.objects.all()] == ["thanks", "thanks"]
    healed = Webhook.objects.get()
    assert (healed.failures, healed.failing_since, healed.version) == (0, None, 3)


def test_timeout_is_a_failure_and_tried_again(hook, receiver, tell, monkeypatch):
    monkeypatch.setattr(calling, "ANSWER", 0.3)
    receiver.answers.clear()
    tell()
    sending.send_due()
    receiver.answers.set()
    make_due()
    sending.send_due()

    assert states() == ["delivered"]
    assert [(one.status, one.error) for one in Attempt.objects.all()] == [(None, "timeout"), (200, "")]


def test_redirect_is_a_failure(hook, receiver, tell):
    receiver.statuses, receiver.headers = [302], {"Location": "http://127.0.0.1:1/"}
    tell()
    sending.send_due()

    assert (states(), Attempt.objects.get().error) == (["waiting"], "redirect")


def test_address_is_checked_at_every_attempt(hook, receiver, tell, settings):
    receiver.statuses = [500]
    tell()
    sending.send_due()
    settings.DIGI_WEBHOOK_INTERNAL = Places()
    make_due()
    sending.send_due()

    assert len(receiver.arrivals) == 1
    assert [one.error for one in Attempt.objects.all()] == ["status", "refused"]


def test_plain_http_is_refused_at_the_attempt_where_the_setting_has_changed(hook, receiver, tell, settings):
    tell()
    settings.DIGI_WEBHOOK_HTTP = False
    sending.send_due()

    assert (receiver.arrivals, Attempt.objects.get().error) == ([], "refused")


def test_receiver_that_fails_rests_and_the_others_are_served(hook, receiver, tell, thing, alice, bob):
    webhooks.create(owner=bob, url=f"{receiver.url}&who=bob")
    receiver.statuses = [500]
    for _ in range(3):
        tell()
    sending.send_due()
    notify(**thing.told(), to={bob: AUTHOR.name})
    sending.send_due()

    assert len(receiver.arrivals) == 2
    assert states() == ["waiting", "waiting", "waiting", "delivered"]
    resting = Webhook.objects.get(pk=hook.pk).rests_until - timezone.now()
    assert timedelta(seconds=50) < resting <= timedelta(minutes=1)


def test_rest_grows_to_an_hour(hook, receiver, tell):
    receiver.statuses = [500] * 9
    tell()
    rests = []
    for _ in range(9):
        make_due()
        before = timezone.now()
        sending.send_due()
        rests.append(round((Webhook.objects.get().rests_until - before).total_seconds() / 60))

    assert rests == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_webhook_that_fails_for_days_is_switched_off_and_its_owner_told(hook, receiver, tell, alice):
    receiver.statuses = [500, 500]
    tell()
    sending.send_due()
    assert Webhook.objects.get().active
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=5, minutes=1))
    make_due()
    tell()
    sending.send_due()

    off = Webhook.objects.get()
    assert (off.active, off.off_reason) == (False, OffReason.FAILING)
    assert states() == ["dropped", "dropped"]
    told = Notification.objects.filter(user=alice).latest("number")
    assert (told.kind, told.target, told.title) == ("webhook.off", f"webhook:{hook.uuid}", "127.0.0.1")
    assert AuditEvent.objects.filter(action="webhook.switched_off", target=f"webhook:{hook.uuid}").count() == 1
    tell()
    sending.send_due()
    assert len(receiver.arrivals) == 2


def test_receiver_that_is_gone_is_switched_off_at_once(hook, receiver, tell):
    receiver.statuses = [410]
    tell()
    sending.send_due()

    assert (Webhook.objects.get().off_reason, states()) == (OffReason.GONE, ["dropped"])


def test_only_its_owner_may_read_of_a_webhook(hook, alice, bob, erin):
    everybody = [alice.pk, bob.pk, erin.pk]

    assert kinds.readers(f"webhook:{hook.uuid}", everybody) == {alice.pk}
    assert kinds.readers("webhook:nonsense", everybody) == set()


def test_secret_that_cannot_be_opened_is_said_and_not_sent_unsigned(hook, receiver, tell):
    Webhook.objects.update(secret=b"x" * 60)
    tell()
    sending.send_due()

    assert (receiver.arrivals, Attempt.objects.get().error) == ([], "secret")


def test_mistake_of_ours_is_not_made_again_at_once(hook, receiver, tell, monkeypatch, caplog):
    def fails(_delivery):
        raise ZeroDivisionError

    monkeypatch.setattr(attempts, "make", fails)
    tell()
    sending.send_due()

    assert Webhook.objects.get().rests_until > timezone.now() + timedelta(minutes=9)
    assert "could not be served" in caplog.text


def test_webhook_that_is_removed_while_it_is_sent_leaves_nothing(hook, receiver, tell, monkeypatch, caplog):
    real = calling.post

    def post(*args, **more):
        outcome = real(*args, **more)
        Webhook.objects.get().delete()
        return outcome

    monkeypatch.setattr(calling, "post", post)
    receiver.statuses = [500]
    tell()
    sending.send_due()

    assert (len(receiver.arrivals), states(), caplog.text) == (1, [], "")
    assert not Attempt.objects.exists()


def test_change_leaves_the_claim_of_a_worker_alone(hook, alice):
    later = timezone.now() + timedelta(minutes=1)
    Webhook.objects.update(claimed_until=later)

    webhooks.change(webhook=hook, by=alice, name="x", url="https://hooks.example/")
    webhooks.rotate_secret(webhook=Webhook.objects.get(), by=alice)

    assert Webhook.objects.get().claimed_until == later


def test_change_that_somebody_was_faster_than_changes_nothing(hook, alice):
    first = Webhook.objects.get()
    webhooks.change(webhook=first, by=alice, name="first")

    with pytest.raises(Stale):
        webhooks.change(webhook=first, by=alice, name="second")
    assert Webhook.objects.get().name == "first"


def test_delivery_that_ends_each_worker_is_given_up(hook, receiver, tell):
    tell()
    Delivery.objects.update(tries=10)
    sending.send_due()

    assert (receiver.arrivals, states()) == ([], ["failed"])


# Secrets


def test_secret_is_sealed_and_bound_to_its_row(hook, receiver, alice):
    assert hook.shown.startswith("whsec_")
    assert bytes(Webhook.objects.get().secret).find(hook.shown[6:].encode()) == -1
    other, _ = webhooks.create(owner=alice, url=receiver.url)
    Webhook.objects.filter(pk=other.pk).update(secret=Webhook.objects.get(pk=hook.pk).secret)

    webhooks.ping(webhook=other)
    sending.send_due()

    assert Attempt.objects.get().error == "secret"


def test_both_secrets_sign_for_a_day_after_a_change(hook, receiver, alice):
    _, second = webhooks.rotate_secret(webhook=hook, by=alice)
    webhooks.ping(webhook=hook)
    sending.send_due()
    Webhook.objects.update(old_until=timezone.now())
    webhooks.ping(webhook=hook)
    sending.send_due()

    first, later = receiver.arrivals
    assert [first.is_signed_by(secret) for secret in (hook.shown, second)] == [True, True]
    assert [later.is_signed_by(secret) for secret in (hook.shown, second)] == [False, True]
    assert first.json()["type"] == "webhook.ping"


def test_old_secret_can_be_ended_at_once(hook, receiver, alice):
    _, second = webhooks.rotate_secret(webhook=hook, by=alice, at_once=True)
    webhooks.ping(webhook=hook)
    sending.send_due()

    (arrival,) = receiver.arrivals
    assert [arrival.is_signed_by(secret) for secret in (hook.shown, second)] == [False, True]
    assert bytes(Webhook.objects.get().old_secret) == b""


# The log


def test_log_is_kept_for_thirty_days(hook, receiver, tell):
    for _ in range(2):
        tell()
    sending.send_due()
    Delivery.objects.filter(pk=Delivery.objects.latest("pk").pk).update(created_at=timezone.now() - timedelta(days=31))

    keeping.tidy()

    assert (Delivery.objects.count(), Attempt.objects.count()) == (1, 1)


def test_bodies_name_nothing_that_a_thing_says(hook, tell):
    """What `notify` is not given cannot leave; its facts stay, too."""
    tell(facts={"quiet": "not for others"})

    assert "not for others" not in json.dumps(Delivery.objects.get().body)


def test_withdrawn_of_another_stays(hook, tell, alice, bob, charlie):
    other = Thing(alice, bob)
    tell()
    tell(target=other.name)

    withdraw(target=other.name, users=[alice])

    assert states() == ["waiting", "dropped"]
    assert planning.DUTY == "webhooks"
