"""Wherever a notification leads, there is a page that its reader may open."""

from datetime import timedelta

import pytest
from django.urls import resolve
from django.utils import timezone

from digi.notifications.models import Notification
from digi.notifications.services import reminders
from tests.thesis.making import dated, put, upload
from tests.thesis.stages import step
from thesis import days
from thesis.models import Mark
from thesis.services import discussion, plan, telling
from thesis.services.kinds import KINDS
from thesis.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(world, institute, alice, bob, carol, dave, grace) -> list[Notification]:
    """One notification of every kind, and more."""
    thesis = world.thesis
    telling.member_joined(thesis, world.member, by=bob)
    telling.reported(thesis, by=carol)
    telling.marks_published(thesis, [Mark(thesis=thesis, student=alice, value="1.0", entered_by=carol)], by=carol)
    telling.due_changed(thesis, by=bob)
    telling.version_added(world.version, by=alice)
    telling.keeping_ended(thesis, [grace])
    telling.nudged(thesis, [alice], by=bob, day=days.today())
    telling.expires_soon(world.application, 7)
    telling.topic_opened(world.topic, [dave], by=bob)
    discussion.open_thread(thesis=thesis, by=bob, body="@carol, see page 3.")
    plan.add_task(thesis=thesis, by=bob, title="Name the sample", assignee=alice, due_on=days.today())
    writing = dated(institute.thesis(state=State.WRITING), due=7)
    upload(writing, "final")
    plan.add_milestone(thesis=writing, by=bob, title="Measurements", due_on=days.today() + timedelta(days=7))
    put(world.meeting, starts_at=timezone.now() + timedelta(hours=20))
    reminders.remind()
    step(writing, "submitted", alice)
    return list(Notification.objects.select_related("user"))


def test_every_notification_leads_to_a_page_that_its_reader_may_open(client_for, told):
    clients = {one.user: client_for(one.user) for one in told}

    answers = [clients[one.user].get(f"/notifications/{one.number}/open/", follow=True) for one in told]

    lost = {one.kind: one.url for one, answer in zip(told, answers, strict=True) if answer.status_code != 200}
    assert lost == {}
    assert {one.kind for one in told} == {kind.name for kind in KINDS}


def test_notifications_lead_to_where_it_happened(told):
    pages = {(one.kind, one.facts.get("what", "")): resolve(one.url).view_name for one in told}

    assert pages == {
        ("application.expiring", ""): "thesis:application",
        ("application.step", ""): "thesis:application",
        ("thesis.comment", ""): "thesis:comment",
        ("thesis.dates", ""): "thesis:overview",
        ("thesis.extension", ""): "thesis:extensions",
        ("thesis.joined", ""): "thesis:overview",
        ("thesis.kept", ""): "thesis:overview",
        ("thesis.mark", ""): "thesis:marks",
        ("thesis.meeting", ""): "thesis:meeting",
        ("thesis.member", ""): "thesis:members",
        ("thesis.nudge", ""): "thesis:overview",
        ("thesis.receipt", ""): "thesis:receipt",
        ("thesis.reminder", "meeting"): "thesis:meetings",
        ("thesis.reminder", "milestone"): "thesis:work",
        ("thesis.reminder", "task"): "thesis:work",
        ("thesis.reminder", "thesis"): "thesis:overview",
        ("thesis.report", ""): "thesis:marks",
        ("thesis.request", ""): "thesis:requests",
        ("thesis.state", ""): "thesis:overview",
        ("thesis.task", ""): "thesis:work",
        ("thesis.version", ""): "thesis:documents",
        ("topic.opened", ""): "thesis:topic",
    }
