"""Mails end by one click, and for nobody else."""

import pytest
from django.test import Client

from digi.audit.models import AuditEvent
from digi.notifications.models import Notification, Preference
from digi.notifications.services import notify, wishes
from tests.digi.notifications.conftest import AUTHOR, QUIET, REMARK
from tests.digi.notifications.mails import due, link, sent

pytestmark = pytest.mark.django_db


def preferences(person) -> list[tuple]:
    return list(Preference.objects.filter(user=person).values_list("kind", "channel", "timing"))


def test_one_click_ends_the_mails_of_the_kind_without_signing_in(tell, alice, bob):
    tell()
    (message,) = sent()

    answer = Client(enforce_csrf_checks=True).post(link(message), {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert preferences(alice) == [(REMARK.name, "mail", "off")]
    assert preferences(bob) == []
    tell()
    assert sent() == []
    assert Notification.objects.of(alice).count() == 2
    assert AuditEvent.objects.filter(action="mails.ended").count() == 1


def test_page_asks_first_and_takes_back(tell, alice, client):
    tell()
    path = link(sent()[0])

    page = client.get(path)
    assert "Remarks" in page.content.decode()
    assert preferences(alice) == []
    client.post(path)
    assert preferences(alice) == [(REMARK.name, "mail", "off")]
    client.post(path, {"again": "1"})
    assert preferences(alice) == []


def test_link_of_a_digest_ends_its_kinds(thing, alice, client):
    for kind in (REMARK.name, QUIET.name):
        wishes.prefer(user=alice, kind=kind, timings={"mail": "weekly"})
        notify(**thing.told(kind=kind), to={alice: AUTHOR.name})
    due()

    client.post(link(sent()[0]))

    assert preferences(alice) == [(REMARK.name, "mail", "off")]  # the other kind is not mailed by default


def test_forged_link_and_closed_account_lead_nowhere(tell, alice, client):
    tell()
    path = link(sent()[0])

    forged = client.post(path[:-3] + "x" + path[-2:])
    alice.is_active = False
    alice.save()
    gone = client.post(path)

    assert (forged.status_code, gone.status_code) == (404, 404)
    assert preferences(alice) == []
