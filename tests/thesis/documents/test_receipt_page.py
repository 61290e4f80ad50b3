"""The page of a receipt: what it shows, and to whom."""

from uuid import uuid4

import pytest
from django.test import Client

from digi.notifications.models import Notification
from tests.thesis.documents.conftest import PAPER
from tests.thesis.making import dated, leave, upload
from thesis.models import Receipt
from thesis.services import theses

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(writing, alice) -> Receipt:
    upload(dated(writing), "final", PAPER)
    theses.transition(thesis=writing, to="submitted", by=alice, declaration=True)
    return Receipt.objects.get()


def address(receipt) -> str:
    return f"/theses/{receipt.thesis.uuid}/receipts/{receipt.uuid}/"


def test_page_shows_what_was_handed_in_when_and_how_to_keep_it(client_for, receipt, alice):
    page = client_for(alice).get(address(receipt))

    shown = page.content.decode()
    for words in (
        "Bounded lag",
        "final.pdf",
        receipt.version.sha256,
        receipt.transition.hash,
        receipt.key.replace("+", "&#x2B;"),
        f"/api/v1/versions/{receipt.version.uuid}/file/",
        f"/api/v1/theses/{receipt.thesis.uuid}/receipts/{receipt.uuid}/",
    ):
        assert words in shown.replace("+", "&#x2B;")
    assert f"{receipt.transition.at:%Y-%m-%d %H:%M:%S} UTC" in shown


def test_mail_and_notification_lead_to_the_page(receipt):
    assert Notification.objects.get(kind="thesis.receipt").url == address(receipt)


def test_page_is_for_who_works_on_the_thesis(request, client_for, receipt, alice, bob, carol, grace):
    for who in (alice, bob, carol, grace):
        assert client_for(who).get(address(receipt)).status_code == 200
    leave(receipt.thesis, alice)

    others = [request.getfixturevalue(name) for name in ("erin", "dave", "heidi", "frank")]
    answers = [client_for(who).get(address(receipt)).status_code for who in (alice, *others)]
    signed_out = Client().get(address(receipt))

    assert answers == [404] * 5
    assert (signed_out.status_code, signed_out.url.startswith("/accounts/login/")) == (302, True)


def test_receipt_of_another_thesis_is_not_here(client_for, receipt, institute, alice):
    other = institute.thesis(title="Another")

    for thesis, wanted in ((other, receipt.uuid), (receipt.thesis, uuid4())):
        assert client_for(alice).get(f"/theses/{thesis.uuid}/receipts/{wanted}/").status_code == 404
