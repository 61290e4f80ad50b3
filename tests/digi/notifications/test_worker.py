"""Mails by the real worker process and a real SMTP server, killed at the worst moments."""

import asyncio
import threading
import time
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller

from digi.notifications.models import Delivery, DeliveryState
from digi.notifications.services import notify
from tests.digi.notifications.conftest import AUTHOR
from tests.digi.worker.conftest import queue_file  # noqa: F401 - a queue of this test's own
from tests.digi.worker.process import Worker
from tests.digi.worker.test_jobs import until
from tests.servers import free_port

pytestmark = pytest.mark.django_db(transaction=True)


class Postbox:
    """What an SMTP server has taken.

    It refuses the first `refuse` mails, hears who a mail is for only while `listens` is set, and says that it has
    taken one only while `answers` is.
    """

    def __init__(self) -> None:
        self.mails = []
        self.asked = 0
        self.refuse = 0
        self.listens, self.answers = threading.Event(), threading.Event()
        self.listens.set()
        self.answers.set()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        self.asked += 1
        await _while_not(self.listens)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.refuse:
            self.refuse -= 1
            return "451 Later, please"
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        await _while_not(self.answers)
        return "250 OK"


async def _while_not(event: threading.Event) -> None:
    while not event.is_set():
        await asyncio.sleep(0.02)


@pytest.fixture
def postbox():
    box = Postbox()
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port, ready_timeout=60)
    controller.start()
    yield box
    box.listens.set()
    box.answers.set()
    controller.stop()


@pytest.fixture
def worker(queue_file, postbox):  # noqa: F811
    made = Worker(queue=queue_file, DIGI_EMAIL_URL=f"smtp://127.0.0.1:{postbox.port}")
    yield made
    made.stop()


def settled() -> bool:
    return not Delivery.objects.exclude(state=DeliveryState.SENT).exists()


def test_notification_is_mailed_once_after_the_commit(worker, postbox, thing, alice, bob):
    worker.start()

    notify(**thing.told(), to={alice: AUTHOR.name}, actor=bob)
    until(settled)
    time.sleep(1.5)

    (mail,) = postbox.mails
    assert (mail["To"], mail["Subject"]) == ("alice@example.org", "A thing: Bob Özil left 1 remarks")
    assert mail["Message-ID"] == Delivery.objects.get().message_id
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_worker_that_was_down_catches_up(worker, postbox, thing, alice, bob, charlie):
    for _ in range(2):
        notify(**thing.told(), to=dict.fromkeys((alice, bob, charlie), AUTHOR.name))

    worker.start()
    until(settled)

    assert sorted(mail["To"] for mail in postbox.mails) == sorted(
        f"{name}@example.org" for name in ("alice", "bob", "charlie") for _ in range(2)
    )


def test_worker_killed_before_the_server_has_the_mail_sends_it_once(worker, postbox, thing, alice):
    postbox.listens.clear()
    worker.start()
    notify(**thing.told(), to={alice: AUTHOR.name})
    until(lambda: postbox.asked)
    worker.kill()
    postbox.listens.set()
    worker.start()
    until(settled)

    assert len(postbox.mails) == 1


def test_worker_killed_at_the_hand_over_repeats_the_mail_under_its_own_id(worker, postbox, thing, alice):
    """The one gap that SMTP has: the server has the mail, and the worker dies before it hears so."""
    postbox.answers.clear()
    worker.start()
    notify(**thing.told(), to={alice: AUTHOR.name})
    until(lambda: postbox.mails)
    worker.kill()
    postbox.answers.set()
    worker.start()
    until(settled)

    first, again = postbox.mails
    assert first["Message-ID"] == again["Message-ID"]
    assert first.get_body().get_content() == again.get_body().get_content()


def test_worker_killed_again_and_again_sends_every_mail(worker, postbox, thing, alice, bob, charlie):
    people = dict.fromkeys((alice, bob, charlie), AUTHOR.name)
    for kill in (1, 2):
        for _ in range(5):
            notify(**thing.told(), to=people)
        worker.start()
        until(lambda: len(postbox.mails) > 10 * kill)  # noqa: B023 - it is waited for here
        worker.kill()
    worker.start()
    until(settled)

    ids = [mail["Message-ID"] for mail in postbox.mails]
    assert len(set(ids)) == Delivery.objects.count() == 30
    assert len(ids) - 30 <= 2  # at most the one that was being handed over at each kill


def test_refused_mail_waits_and_is_sent_later(worker, postbox, thing, alice):
    postbox.refuse = 1
    worker.start()

    notify(**thing.told(), to={alice: AUTHOR.name})
    until(lambda: Delivery.objects.get().tries == 1 and Delivery.objects.get().state == DeliveryState.WAITING)
    row = Delivery.objects.get()
    assert row.error.startswith("SMTPDataError: (451")
    Delivery.objects.update(due_at=row.notification.at)
    notify(**thing.told(), to={alice: AUTHOR.name})
    until(settled)

    assert len(postbox.mails) == 2
