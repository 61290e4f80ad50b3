"""Mails: text first, HTML as its echo, no images, nothing unfilled."""

import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from django.core import mail
from django.test import Client, RequestFactory
from django.utils import timezone

from tests.conftest import PASSWORD

NEWS = (
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_set",
    "account/email/email_changed",
    "account/email/email_confirm",
    "account/email/email_deleted",
    "mfa/email/recovery_codes_generated",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
    "socialaccount/email/account_connected",
    "socialaccount/email/account_disconnected",
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


def _html(message) -> str:
    ((body, kind),) = message.alternatives
    assert kind == "text/html"
    return body


@pytest.mark.parametrize("name", NEWS)
def test_news_about_the_account_says_what_where_and_what_to_do(name: str) -> None:
    known = {
        "ip": "203.0.113.7",
        "user_agent": FIREFOX,
        "timestamp": timezone.now(),
        "from_email": "old@example.org",
        "to_email": "new@example.org",
        "deleted_email": "old@example.org",
        "provider": "Example University",
    }
    request = RequestFactory().get("/")

    with request_context(request):
        get_adapter(request).send_mail(name, "alice@example.org", {**known, "request": request})

    (message,) = mail.outbox
    for body in (message.body, _html(message)):
        assert "203.0.113.7 with Firefox on Linux" in body
        assert "http://testserver/accounts/password/reset/" in body
        assert "It cannot be switched off." in body
        assert not re.search(r"{[{%]|<img|  with|None", body)
    assert message.subject
    assert "\n" not in message.subject


@pytest.mark.django_db
def test_mail_for_a_new_password_carries_its_link_in_both_forms(client: Client, person) -> None:
    person("alice")

    client.post("/accounts/password/reset/", {"email": "alice@example.org"})

    (message,) = mail.outbox
    link = re.search(r"http://testserver/accounts/password/reset/key/\S+", message.body)[0]
    assert message.subject == "A new password"
    assert message.body.startswith("Somebody asked for a new password")
    assert f'href="{link}"' in _html(message)


@pytest.mark.django_db
def test_mail_speaks_the_language_of_its_reader(client: Client, person, client_for) -> None:
    alice = person("alice", language="de")
    signed_in = client_for(alice)

    signed_in.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD} | dict.fromkeys(("password1", "password2"), "x9 paper ink"),
    )

    (message,) = mail.outbox
    assert '<html lang="de">' in _html(message)


@pytest.mark.django_db
def test_mail_escapes_what_people_choose_in_html_alone(client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": "o'neil&co@example.org"})

    (message,) = mail.outbox
    assert "o'neil&co@example.org" in message.body
    assert "o&#x27;neil&amp;co@example.org" in _html(message)
