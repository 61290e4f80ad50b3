"""Mails of notifications: what they say, to whom they go, once, and how they end."""

import re
import uuid
from contextlib import contextmanager
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from digi.audit.models import AuditEvent
from digi.notifications.models import Delivery, DeliveryState, MailTemplate, Notification, Preference
from digi.notifications.services import notify, post, states, wishes
from tests.digi.notifications.conftest import AUTHOR, GRADE, QUIET, REMARK, Thing

pytestmark = pytest.mark.django_db


@pytest.fixture
def tell(thing, alice, bob):
    """Tell Alice what Bob has done."""
    return lambda **more: notify(**thing.told(**more), to={alice: AUTHOR.name}, actor=bob)


def sent() -> list:
    """Send what is due; the mails that went out."""
    before = len(mail.outbox)
    post.send_due()
    return mail.outbox[before:]


def due() -> None:
    """Let everything that waits be due now."""
    Delivery.objects.filter(state=DeliveryState.WAITING).update(due_at=timezone.now())


def html(message) -> str:
    ((body, kind),) = message.alternatives
    assert kind == "text/html"
    return body


def link(message) -> str:
    return re.search(r"https?://[^/]+(/unsubscribe/\S+)", message.body)[1]


def test_mail_says_what_where_and_why_in_both_forms(tell, thing):
    tell()

    (message,) = sent()

    url = f"http://localhost:8000/things/{thing.name[6:]}/"
    assert message.to == ["alice@example.org"]
    assert message.subject == "A thing: Bob Özil left 1 remarks"
    assert message.body.startswith(f"Bob Özil left 1 remarks.\n\nA thing\n\n{url}\n\n-- \n")
    assert "You get this mail because you wrote it." in message.body
    assert f'<a class="button" href="{url}">Open it</a>' in html(message)
    assert "because you wrote it" in html(message)
    for body in (message.body, html(message)):
        assert not re.search(r"{[{%]|<img|None", body)


def test_mail_carries_thread_and_one_click_headers(tell, thing):
    tell()
    tell()
    tell(kind=GRADE.name)

    first, second, grade = sent()

    assert re.fullmatch(r"<[0-9a-f]{32}@localhost>", first.extra_headers["Message-ID"])
    assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]
    assert first.extra_headers["References"] == second.extra_headers["In-Reply-To"]
    assert first.extra_headers["Auto-Submitted"] == "auto-generated"
    assert first.extra_headers["List-Unsubscribe"] == f"<http://localhost:8000{link(first)}>"
    assert first.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "List-Unsubscribe" not in grade.extra_headers
    assert "/unsubscribe/" not in grade.body


def test_mail_goes_out_once(tell):
    tell()

    assert len(sent()) == 1
    assert sent() == []
    assert Delivery.objects.get().state == DeliveryState.SENT


def test_mail_speaks_its_readers_language(tell, alice):
    alice.language = "de"
    alice.save()
    tell()

    assert '<html lang="de">' in html(sent()[0])


def test_title_cannot_add_headers(tell):
    tell(title="A thing\r\nBcc: erin@example.org")

    (message,) = sent()

    assert message.subject == "A thing Bcc: erin@example.org: Bob Özil left 1 remarks"
    assert message.recipients() == ["alice@example.org"]


def test_title_is_escaped_in_html_alone(tell):
    tell(title="<b>A & B</b>")

    (message,) = sent()

    assert "<b>A & B</b>" in message.body
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in html(message)


@pytest.mark.parametrize("change", ["closed", "unproved", "no longer a reader", "read", "revoked"])
def test_mail_that_is_not_wanted_any_more_is_dropped(tell, thing, alice, change):
    tell()
    match change:
        case "closed":
            alice.is_active = False
            alice.save()
        case "unproved":
            alice.emailaddress_set.update(verified=False)
        case "no longer a reader":
            thing.readers.clear()
        case "read":
            states.read(user=alice, numbers=[1])
        case "revoked":
            Notification.objects.update(revoked=True)

    assert sent() == []
    assert Delivery.objects.get().state == DeliveryState.DROPPED


def test_digest_gathers_what_came_and_is_not_read(tell, thing, alice):
    other = Thing(alice)
    wishes.prefer(user=alice, kind=REMARK.name, timings={"mail": "daily"})
    tell(title="First")
    tell(title="Second")
    tell(title="Third", target=other.name)
    tell(title="Read meanwhile")
    states.read(user=alice, numbers=[4])
    assert sent() == []
    due()

    (message,) = sent()

    assert message.subject == "3 news together"
    assert re.findall(r"^(First|Second|Third|Read meanwhile)$", message.body, re.MULTILINE) == [
        "First",
        "Second",
        "Third",
    ]
    assert "References" not in message.extra_headers
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["dropped", "sent", "sent", "sent"]


def test_digests_of_two_timings_and_two_people_stay_apart(thing, alice, bob):
    for person, timing in ((alice, "daily"), (bob, "weekly")):
        wishes.prefer(user=person, kind=REMARK.name, timings={"mail": timing})
        wishes.prefer(user=person, kind=QUIET.name, timings={"mail": "daily"})
    for kind in (REMARK.name, QUIET.name):
        notify(**thing.told(kind=kind), to={alice: AUTHOR.name, bob: AUTHOR.name})
    due()

    messages = sent()

    assert sorted((message.to[0], message.subject) for message in messages) == [
        ("alice@example.org", "2 news together"),
        ("bob@example.org", "1 news"),
        ("bob@example.org", "1 news"),
    ]


# When it goes wrong


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


# Ending mails


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


# Words of an administrator


def test_administrators_words_replace_ours_for_a_kind_and_language(tell, alice):
    MailTemplate.objects.create(
        name=REMARK.name,
        language="en",
        subject="{{ title }}\n!",
        text="Dear {{ name }}: {{ text }} & more\n\n{{ url }}",
    )
    tell()
    tell(kind=GRADE.name)

    remark, grade = sent()

    assert remark.subject == "A thing !"
    assert remark.body.startswith("Dear Alice Meyer: Bob Özil left 1 remarks & more\n\nhttp://")
    assert "left 1 remarks &amp; more" in html(remark)
    assert link(remark)
    assert grade.subject == "A thing: Bob Özil left 1 remarks"


@pytest.mark.parametrize("text", ["{% include 'base.html' %}", "{% load i18n %}", "{{ name|nothing }}"])
def test_words_that_cannot_be_filled_in_give_way_to_ours(tell, text):
    MailTemplate.objects.create(name="notification", language="en", subject="x", text=text)
    tell()

    (message,) = sent()

    assert message.body.startswith("Bob Özil left 1 remarks.")
