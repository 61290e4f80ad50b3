"""The pages of webhooks as a browser without scripts sees them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digi.accounts.services import people
from digi.environment import Places
from digi.webhooks.models import Attempt, Delivery, OffReason, Webhook
from digi.webhooks.services import sending, switching, webhooks
from tests.chat.reading import words
from tests.digi.notifications.conftest import REMARK

pytestmark = pytest.mark.django_db
SENDS = pytest.mark.django_db(transaction=True)  # the worker has threads of its own

LIST, NEW = "/me/webhooks/", "/me/webhooks/new/"


@pytest.fixture
def browser(alice, client_for):
    return client_for(alice)


@pytest.fixture
def at(hook):
    """The hook's own page."""
    return f"/me/webhooks/{hook.uuid}/"


def _form(response) -> dict[str, str]:
    """What the form carries hidden."""
    return dict(re.findall(r'type="hidden" name="(version|once)" value="([^"]*)"', response.content.decode()))


def test_new_webhook_shows_its_secret_once(browser, receiver, alice):
    carried = _form(browser.get(NEW))

    made = browser.post(NEW, carried | {"url": receiver.url, "name": "Lab bot", "kinds": [REMARK.name]}, follow=True)

    hook = Webhook.objects.get(owner=alice)
    assert made.redirect_chain == [(f"/me/webhooks/{hook.uuid}/", 302)]
    assert "whsec_" in made.content.decode()
    assert str(REMARK.label) in words(made)
    assert (hook.name, hook.kinds) == ("Lab bot", [REMARK.name])
    assert "whsec_" not in browser.get(f"/me/webhooks/{hook.uuid}/").content.decode()


@SENDS
def test_secret_that_is_shown_is_the_one_that_signs(browser, receiver):
    page = browser.post(NEW, {"url": receiver.url, "version": "0"}, follow=True).content.decode()
    webhooks.ping(webhook=Webhook.objects.get())

    sending.send_due()

    assert receiver.arrivals[0].is_signed_by(re.search(r"whsec_[^\"]+", page)[0])


def test_new_webhook_is_made_once_by_a_double_click(browser, receiver):
    carried = _form(browser.get(NEW)) | {"url": receiver.url}

    places = [browser.post(NEW, carried).url for _ in range(2)]

    assert places[0] == places[1]
    assert Webhook.objects.count() == 1


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://127.0.0.1/hook", "This server does not call that address"),
        ("https://169.254.169.254/latest", "This server does not call that address"),
        ("ftp://example.org/", "The address begins with https://"),
        ("https://me@example.org/", "names neither a user"),
        ("nonsense", "This is no address of a web server"),
    ],
)
def test_address_inside_the_house_is_refused_at_its_field(browser, settings, url, sentence):
    settings.DIGI_WEBHOOK_INTERNAL = Places()

    refused = browser.post(NEW, {"url": url, "name": "Kept", "version": "0"})

    assert refused.status_code == 422
    assert sentence in str(refused.context["form"].errors["url"])
    assert 'value="Kept"' in refused.content.decode()
    assert not Webhook.objects.exists()


def test_one_too_many_is_said_above_the_form(browser, hook, settings):
    settings.DIGI_LIMIT_WEBHOOKS = 1

    refused = browser.post(NEW, {"url": hook.url, "version": "0"})

    assert refused.status_code == 422
    assert "You may have 1 webhooks" in words(refused)


def test_change_keeps_both_versions_when_somebody_was_faster(browser, hook, at, alice):
    carried = _form(browser.get(f"{at}edit/"))
    webhooks.change(webhook=hook, by=alice, name="Theirs")

    refused = browser.post(f"{at}edit/", carried | {"url": hook.url, "name": "Mine"})
    assert refused.status_code == 422
    assert "now “Theirs”, yours “Mine”" in words(refused)
    again = browser.post(f"{at}edit/", _form(refused) | {"url": hook.url, "name": "Mine"})

    assert again.url == at
    assert Webhook.objects.get().name == "Mine"


def test_pause_and_resume(browser, hook, at):
    browser.post(f"{at}act/", {"act": "pause"})
    paused = browser.get(at)
    browser.post(f"{at}act/", {"act": "resume"})

    assert "You have paused it" in words(paused)
    assert 'value="ping"' not in paused.content.decode()
    assert Webhook.objects.get().active


@SENDS
def test_switched_off_and_failing_are_explained(browser, hook, at, receiver):
    receiver.statuses = [500]
    webhooks.ping(webhook=hook)
    sending.send_due()
    failing = words(browser.get(at))
    switching.off(webhook=hook, reason=OffReason.GONE)

    gone = words(browser.get(LIST))

    assert "Nothing has come through since" in failing
    assert "It answered with an error" in failing
    assert "Its receiver said that it is gone" in gone


@SENDS
def test_try_is_sent_and_its_outcome_stands_in_the_log(browser, hook, at, receiver):
    browser.post(f"{at}act/", {"act": "ping"})
    waiting = words(browser.get(at))

    sending.send_due()

    settled = words(browser.get(at))
    assert "Not tried yet" in waiting
    assert "delivered webhook.ping 200 ·" in settled
    assert "thanks" in settled
    assert len(receiver.arrivals) == 1


@SENDS
def test_failed_delivery_is_sent_again(browser, hook, at, receiver, tell):
    receiver.statuses = [500]
    tell()
    sending.send_due()
    Delivery.objects.update(state="failed")
    delivery = Delivery.objects.get()

    browser.post(f"{at}deliveries/{delivery.uuid}/redeliver/")
    sending.send_due()

    assert [arrival.event for arrival in receiver.arrivals] == [delivery.event] * 2
    assert Delivery.objects.get().state == "delivered"


def test_new_secret_is_shown_once_and_the_former_may_be_ended(browser, hook, at):
    kept = browser.post(f"{at}act/", {"act": "rotate"}, follow=True)
    ended = browser.post(f"{at}act/", {"act": "rotate_now"}, follow=True)

    assert "signs beside the new one until" in words(kept)
    assert "signs beside the new one until" not in words(ended)
    assert "whsec_" in ended.content.decode()


def test_removed_webhook_is_gone(browser, hook, at):
    answer = browser.post(f"{at}act/", {"act": "remove"})

    assert answer.url == LIST
    assert not Webhook.objects.exists()
    assert browser.get(at).status_code == 404


def test_log_is_narrowed_by_state_and_goes_on_by_pages(browser, hook, at):
    made = [Delivery.objects.create(webhook=hook, kind=f"kind.{n:02}", body="{}", state="failed") for n in range(32)]
    made[0].state = "delivered"
    made[0].save()

    first, rest = words(browser.get(at)), words(browser.get(f"{at}?after={made[2].uuid}"))
    narrowed = words(browser.get(f"{at}?state=delivered"))

    assert ("kind.31" in first, "kind.01" in first) == (True, False)
    assert ("kind.31" in rest, "kind.01" in rest) == (False, True)
    assert ("kind.00" in narrowed, "kind.31" in narrowed) == (True, False)
    assert browser.get(f"{at}?after=nonsense&state=nonsense").status_code == 200


def test_log_asks_the_database_no_more_for_three_deliveries_than_for_one(browser, hook, at):
    browser.get(at)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            delivery = Delivery.objects.create(webhook=hook, kind="x", body="{}")
            Attempt.objects.create(delivery=delivery, status=200)
        with CaptureQueriesContext(connection) as queries:
            browser.get(at)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("who", ["erin", "bob", "root"])
def test_nobody_else_finds_it(request, person, client_for, hook, at, who):
    user = person("root", is_superuser=True) if who == "root" else request.getfixturevalue(who)
    client = client_for(user)
    delivery = Delivery.objects.create(webhook=hook, kind="x", body="{}")

    looked = [client.get(path).status_code for path in (at, f"{at}edit/")]
    pressed = [client.post(f"{at}act/", {"act": act}).status_code for act in ("ping", "pause", "rotate", "remove")]
    pressed.append(client.post(f"{at}deliveries/{delivery.uuid}/redeliver/").status_code)
    pressed.append(client.post(f"{at}edit/", {"url": "https://elsewhere.example/", "version": "1"}).status_code)

    assert set(looked + pressed) == {404}
    assert hook.url not in client.get(LIST).content.decode()
    assert Webhook.objects.get().version == 1


def test_former_owner_finds_the_door(browser, hook, at, alice, person):
    people.deactivate(user=alice)

    assert browser.get(at).url.startswith("/accounts/login/")


def test_strangers_are_led_to_the_door(client, hook, at):
    answers = [client.get(path) for path in (LIST, NEW, at)] + [client.post(f"{at}act/", {"act": "ping"})]

    assert all(answer.url.startswith("/accounts/login/?next=") for answer in answers)
