"""Mails of notifications: what they say, to whom they go, once, and how they end."""

import re

import pytest

from digi.notifications.models import Delivery, DeliveryState, MailTemplate, Notification
from digi.notifications.services import notify, states, wishes
from tests.digi.notifications.conftest import AUTHOR, GRADE, QUIET, REMARK, Thing
from tests.digi.notifications.mails import due, html, link, sent

pytestmark = pytest.mark.django_db


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
