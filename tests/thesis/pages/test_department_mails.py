"""The words of mails, as an administrator chooses them beside the departments."""

import pytest

from digi.audit.models import AuditEvent
from digi.notifications.models import MailTemplate
from tests.chat.reading import words

pytestmark = pytest.mark.django_db

MAIL = "/mails/notification/de/"


@pytest.fixture
def office(root, client_for):
    """The administrator's browser."""
    return client_for(root)


def test_mail_begins_with_our_words_and_shows_how_they_read(office):
    page = office.get(MAIL)

    assert page.context["form"]["subject"].value() == "{{ title }}: {{ text }}"
    assert "Ravi" in words(page)
    assert "Sie bekommen diese Mail" in words(page)
    assert MailTemplate.objects.count() == 0


def test_mail_is_looked_at_and_nothing_is_kept(office):
    page = office.post(MAIL, {"subject": "News: {{ title }}", "text": "Dear {{ name }}", "act": "preview"})

    assert page.status_code == 200
    assert "Dear Miriam Okafor" in words(page)
    assert "{{ name }}" in page.context["form"]["text"].value()
    assert MailTemplate.objects.count() == 0


def test_mail_is_worded_and_goes_back_to_ours(office):
    office.post(MAIL, {"subject": "News: {{ title }}", "text": "Dear {{ name }}"})
    kept = MailTemplate.objects.get()
    listed = words(office.get("/mails/"))
    office.post(MAIL, {"act": "reset"})

    assert (kept.name, kept.language, kept.text) == ("notification", "de", "Dear {{ name }}")
    assert "own words" in listed
    assert MailTemplate.objects.count() == 0
    assert list(
        AuditEvent.objects.filter(action__startswith="mail.").order_by("n").values_list("action", flat=True)
    ) == [
        "mail.worded",
        "mail.reset",
    ]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"subject": "{% if %}", "text": "x"}, "subject"),
        ({"subject": "x", "text": "{% for x %}"}, "text"),
        ({"subject": "x", "text": "{% load i18n %}"}, "text"),
        ({"subject": "x", "text": "{{ title|nothing }}"}, "text"),
        ({"subject": "", "text": "x"}, "subject"),
    ],
)
def test_mail_that_cannot_be_filled_in_is_refused_at_its_field(office, sent, field):
    answer = office.post("/mails/digest/en/", sent)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert MailTemplate.objects.count() == 0


def test_mail_of_no_kind_or_language_is_not_found(office):
    assert [office.get(path).status_code for path in ("/mails/nothing/de/", "/mails/digest/tlh/")] == [404, 404]
