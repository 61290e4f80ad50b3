"""Mails that a server does not take, and workers that end meanwhile."""

import uuid
from contextlib import contextmanager
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.utils import timezone

from digi.notifications.models import Delivery, DeliveryState
from digi.notifications.services import post, wishes
from tests.digi.notifications.conftest import REMARK
from tests.digi.notifications.mails import due, sent

pytestmark = pytest.mark.django_db


class Broken:
    """A connection to a mail server that fails in one way; fakes stand at the edge of the network only."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send_messages(self, messages):
        raise self.error

    def close(self) -> None:
        pass


@pytest.fixture
def broken():
    """`with broken(error):` the mail server fails."""

    @contextmanager
    def fail(error: Exception):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(post, "get_connection", lambda: Broken(error))
            yield

    return fail


def test_mail_that_a_server_cannot_take_is_tried_again_later_and_later(tell, broken):
    tell()

    waits = []
    with broken(SMTPServerDisconnected("gone")):
        for _ in range(len(post.PAUSES)):
            post.send_due()
            row = Delivery.objects.get()
            assert (row.state, row.error) == (DeliveryState.WAITING, "SMTPServerDisconnected: gone")
            waits.append(round((row.due_at - timezone.now()).total_seconds() / 60))
            due()
        post.send_due()

    assert waits == list(post.PAUSES)
    assert Delivery.objects.get().state == DeliveryState.FAILED


def test_retry_keeps_the_message_id(tell, broken):
    tell()
    with broken(OSError("no route")):
        post.send_due()
    claim = Delivery.objects.get().claim
    due()

    (message,) = sent()

    assert message.extra_headers["Message-ID"] == f"<{claim.hex}@localhost>"


def test_digest_that_is_tried_again_holds_what_it_held(tell, alice, broken):
    wishes.prefer(user=alice, kind=REMARK.name, timings={"mail": "daily"})
    tell()
    due()
    with broken(OSError("no route")):
        post.send_due()
    tell()
    due()

    assert [message.subject for message in sent()] == ["1 news", "1 news"]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SMTPRecipientsRefused({"alice@example.org": (550, b"no such user")}), DeliveryState.FAILED),
        (SMTPRecipientsRefused({"alice@example.org": (451, b"later")}), DeliveryState.WAITING),
        (ValueError("our own mistake"), DeliveryState.FAILED),
    ],
)
def test_refusal_for_good_is_not_repeated_and_can_be_sent_again_by_hand(tell, broken, error, state):
    tell()
    with broken(error):
        post.send_due()
    row = Delivery.objects.get()
    assert row.state == state

    post.again(delivery=row, by=None)
    assert len(sent()) == (state == DeliveryState.FAILED)


def test_claim_of_a_worker_that_is_gone_is_free_after_its_lease(tell):
    tell()
    claim = uuid.uuid4()
    until = timezone.now() + timedelta(seconds=60)
    Delivery.objects.update(state=DeliveryState.CLAIMED, claim=claim, claimed_until=until, tries=1)

    assert sent() == []
    Delivery.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    (message,) = sent()

    assert message.extra_headers["Message-ID"] == f"<{claim.hex}@localhost>"
