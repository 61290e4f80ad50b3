"""The admin of webhooks: looked at by administrators, sent again by one click; no secret and no body in it."""

import pytest
from django.test import Client

from digi.audit.models import AuditEvent
from digi.webhooks.models import Delivery, DeliveryState, Webhook
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

WEBHOOKS = "/admin/webhooks/webhook/"
DELIVERIES = "/admin/webhooks/delivery/"


@pytest.fixture
def root(client_for) -> Client:
    return client_for(PersonFactory(username="root-of-all", is_staff=True, is_superuser=True))


@pytest.fixture
def delivery(hook, tell) -> Delivery:
    tell(title="A secret title")
    Webhook.objects.update(url="https://hooks.example/T0KEN")
    made = Delivery.objects.get()
    made.attempts.create(status=503, milliseconds=17, error="status", response="A secret title")
    return made


def test_log_is_seen_without_what_was_sent(root, hook, delivery):
    pages = [WEBHOOKS, f"{WEBHOOKS}{hook.pk}/change/", DELIVERIES, f"{DELIVERIES}{delivery.pk}/change/"]

    seen = "".join(root.get(page).content.decode() for page in pages)

    assert "hooks.example" in seen
    assert "503" in seen
    assert "test.remark" in seen
    for hidden in ("A secret title", "T0KEN", "whsec_"):
        assert hidden not in seen


def test_failed_delivery_is_sent_again(root, delivery):
    Delivery.objects.update(state=DeliveryState.FAILED, tries=10)

    root.post(DELIVERIES, {"action": "redeliver", "_selected_action": [delivery.pk]})

    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (DeliveryState.WAITING, 0)
    assert AuditEvent.objects.get(action="webhook.redelivered").target == f"delivery:{delivery.uuid}"


def test_delivery_of_a_webhook_that_is_off_is_named_and_stays(root, delivery):
    Delivery.objects.update(state=DeliveryState.FAILED)
    Webhook.objects.update(active=False)

    page = root.post(DELIVERIES, {"action": "redeliver", "_selected_action": [delivery.pk]}, follow=True)

    sentence = f"{delivery.uuid}: The webhook is switched off."
    assert sentence.lower() in page.content.decode().lower()  # the page begins each message with a capital
    assert Delivery.objects.get().state == DeliveryState.FAILED


def test_nothing_is_changed_here(root, hook, delivery):
    for page in (f"{WEBHOOKS}add/", f"{WEBHOOKS}{hook.pk}/delete/", f"{DELIVERIES}{delivery.pk}/delete/"):
        assert root.get(page).status_code == 403


@pytest.mark.parametrize("path", [WEBHOOKS, DELIVERIES])
def test_others_are_refused(client_for, erin, alice, delivery, path):
    """Erin is the outsider, the clerk has no such rights, Alice owns it and is no administrator."""
    Delivery.objects.update(state=DeliveryState.FAILED)

    for person in (erin, PersonFactory(is_staff=True), alice):
        assert client_for(person).get(path, follow=True).status_code == 403
        client_for(person).post(path, {"action": "redeliver", "_selected_action": [delivery.pk]})
    assert Delivery.objects.get().state == DeliveryState.FAILED
