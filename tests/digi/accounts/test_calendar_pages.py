"""The link of one's calendar: made, shown once, renewed, revoked."""

import re

import pytest

from digi.accounts.models import CalendarFeed
from tests.chat.reading import words
from tests.digi.accounts.conftest import audited

pytestmark = pytest.mark.django_db

PAGE = "/me/calendar/"


def _link(response) -> str:
    found = re.search(r'value="http://testserver(/api/v1/calendar/[^"]+)"', response.content.decode())
    return found[1] if found else ""


def test_link_is_shown_once_and_opens_the_calendar(alice, client_for, client):
    browser = client_for(alice)

    link = _link(browser.post(PAGE, {"act": "make"}))

    assert client.get(link).headers["Content-Type"].startswith("text/calendar")
    again = browser.get(PAGE)
    assert _link(again) == ""
    assert "The link stands made" in words(again)
    assert audited()[1:] == ["calendar.shared"]


def test_renewed_link_makes_the_former_worthless(alice, client_for, client):
    browser = client_for(alice)
    first = _link(browser.post(PAGE, {"act": "make"}))

    second = _link(browser.post(PAGE, {"act": "make"}))

    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)


def test_revoked_link_opens_nothing(alice, client_for, client):
    browser = client_for(alice)
    link = _link(browser.post(PAGE, {"act": "make"}))

    page = browser.post(PAGE, {"act": "revoke"}, follow=True)

    assert client.get(link).status_code == 404
    assert "no program reads your dates" in words(page)
    assert audited()[1:] == ["calendar.shared", "calendar.revoked"]


def test_page_says_when_the_link_was_used(alice, client_for, client):
    browser = client_for(alice)
    link = _link(browser.post(PAGE, {"act": "make"}))
    assert "not used yet" in words(browser.get(PAGE))

    client.get(link)

    assert "last used" in words(browser.get(PAGE))


def test_nobody_touches_the_link_of_another(alice, charlie, client_for, client):
    link = _link(client_for(alice).post(PAGE, {"act": "make"}))

    client_for(charlie).post(PAGE, {"act": "revoke"})

    assert client.get(link).status_code == 200
    assert "There is no link" in words(client_for(charlie).get(PAGE))
    assert CalendarFeed.objects.get().user == alice


def test_strangers_are_led_to_the_door(client, db):
    answers = [client.get(PAGE), client.post(PAGE, {"act": "make"})]

    assert [answer.url for answer in answers] == ["/accounts/login/?next=/me/calendar/"] * 2
