"""The admin of notifications: mails on their way, and their words with a preview."""

import pytest
from django.test import Client

from digi.audit.models import AuditEvent
from digi.notifications.models import Delivery, DeliveryState, MailTemplate
from digi.notifications.services import notify
from tests.digi.notifications.conftest import AUTHOR, REMARK
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

DELIVERIES = "/admin/notifications/delivery/"
TEMPLATES = "/admin/notifications/mailtemplate/"
WORDS = {"name": REMARK.name, "language": "de", "subject": "{{ title }}", "text": "{{ text }} <b>!\n\n{{ url }}"}


@pytest.fixture
def root(client_for) -> Client:
    return client_for(PersonFactory(username="root-of-all", is_staff=True, is_superuser=True))


@pytest.fixture
def delivery(thing, alice) -> Delivery:
    notify(**thing.told(title="A secret title"), to={alice: AUTHOR.name})
    return Delivery.objects.get()


def test_failed_mail_is_seen_and_sent_again(root, delivery):
    Delivery.objects.update(state=DeliveryState.FAILED, error="SMTPDataError: 554", tries=8)

    page = root.get(DELIVERIES).content.decode()
    detail = root.get(f"{DELIVERIES}{delivery.pk}/change/").content.decode()
    root.post(DELIVERIES, {"action": "send_again", "_selected_action": [delivery.pk]})

    delivery.refresh_from_db()
    assert "SMTPDataError: 554" in page
    assert "A secret title" not in page + detail
    assert (delivery.state, delivery.tries, delivery.error) == (DeliveryState.WAITING, 0, "")
    assert AuditEvent.objects.filter(action="delivery.again").count() == 1


def test_mail_that_was_sent_is_not_sent_again(root, delivery):
    Delivery.objects.update(state=DeliveryState.SENT)

    root.post(DELIVERIES, {"action": "send_again", "_selected_action": [delivery.pk]})

    assert Delivery.objects.get().state == DeliveryState.SENT


@pytest.mark.parametrize("path", [DELIVERIES, TEMPLATES, f"{TEMPLATES}preview/"])
def test_others_are_refused(client_for, path, erin):
    for person in (erin, PersonFactory(is_staff=True)):
        assert client_for(person).get(path, follow=True).status_code == 403


def test_words_are_written_here_and_audited(root):
    answer = root.post(f"{TEMPLATES}add/", WORDS)

    assert answer.status_code == 302
    assert MailTemplate.objects.get().text.startswith("{{ text }}")
    assert AuditEvent.objects.filter(action="admin.added").count() == 1


@pytest.mark.parametrize("field", ["subject", "text"])
def test_words_that_cannot_be_filled_in_are_refused_with_the_reason(root, field):
    answer = root.post(f"{TEMPLATES}add/", WORDS | {field: "{% include 'x' %}{% nothing %}"})

    assert "It cannot be filled in: " in answer.content.decode()
    assert not MailTemplate.objects.exists()


def test_preview_fills_in_made_up_news_and_saves_nothing(root):
    page = root.post(f"{TEMPLATES}preview/", WORDS)
    text = root.post(f"{TEMPLATES}preview/?as=text", WORDS)

    assert '<html lang="de">' in page.content.decode()
    assert "&lt;b&gt;!" in page.content.decode()
    assert 'class="button"' in page.content.decode()
    assert {"sandbox", "style-src 'unsafe-inline'"} <= set(page.headers["Content-Security-Policy"].split("; "))
    assert "<b>!" in text.content.decode()
    assert not MailTemplate.objects.exists()


def test_preview_of_a_digest_lists_its_items(root):
    words = WORDS | {
        "name": "digest",
        "text": "{% for item in items %}{{ forloop.counter }}: {{ item.title }}\n{% endfor %}",
    }

    text = root.post(f"{TEMPLATES}preview/?as=text", words).content.decode()

    assert "1: " in text
    assert "2: " in text


def test_preview_says_what_cannot_be_filled_in(root):
    answer = root.post(f"{TEMPLATES}preview/", WORDS | {"text": "{% for %}"})

    assert answer.status_code == 400
    assert "for" in answer.content.decode()


def test_form_offers_the_preview_without_scripts(root):
    page = root.get(f"{TEMPLATES}add/").content.decode()

    assert 'formaction="/admin/notifications/mailtemplate/preview/"' in page
