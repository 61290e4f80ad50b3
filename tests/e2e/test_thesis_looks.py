"""Every page of theses, of the inbox and of settings, with the demo's people in them."""

from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.urls import reverse

from digi.accounts.models import Department, User
from digi.audit.models import AuditEvent
from digi.notifications.models import Notification
from digi.notifications.services import wording
from tests.e2e.walking import LOOKS, walk
from thesis.forms import bulk
from thesis.models import Application, MemberRole, Programme, Receipt, Thesis, Topic
from thesis.services import guests

OF_A_THESIS = (
    "overview", "documents", "discussion", "requests", "work", "meetings", "marks", "timeline", "members", "edit",
    "extensions",
)  # fmt: skip


@pytest.fixture
def demo(transactional_db, settings, tmp_path) -> None:
    settings.DEBUG, settings.VAR = True, tmp_path
    call_command("demo", verbosity=0)
    settings.DEBUG = False


def everybodys() -> Iterator[str]:
    yield from map(reverse, ("thesis:dashboard", "notifications:inbox", "notifications:preferences", "thesis:theses"))
    yield from map(reverse, ("thesis:board", "thesis:plan", "thesis:topics", "thesis:topic_subscriptions"))
    yield from map(reverse, ("thesis:applications", "thesis:library", "accounts:privacy", "accounts:calendar"))
    yield from map(reverse, ("webhooks:list", "webhooks:new"))


def students() -> Iterator[str]:
    """What Dave, who looks for a topic, sees."""
    free = Topic.objects.filter(state="open").first()
    yield reverse("thesis:topic", args=[free.uuid])
    yield reverse("thesis:apply", args=[free.uuid])
    yield reverse("thesis:apply_own")


def supervisors() -> Iterator[str]:
    """What Bob sees: a thesis with all that is in it, his topics, and who applies."""
    bob = User.objects.get(username="bob")
    thesis = Thesis.objects.of(bob, MemberRole.SUPERVISOR).order_by("-head", "pk").first()
    yield from (reverse(f"thesis:{name}", args=[thesis.uuid]) for name in OF_A_THESIS)
    topic = Topic.objects.filter(owners=bob).first()
    yield from (reverse(f"thesis:{name}", args=[topic.uuid]) for name in ("topic", "topic_edit"))
    application = Application.objects.filter(topic__owners=bob).first()
    yield reverse("thesis:application", args=[application.uuid])
    yield from map(reverse, ("thesis:topic_new", "thesis:new", "thesis:reports"))
    yield from (reverse(f"thesis:{name}", args=[thesis.uuid]) for name in ("compare", "board_move"))
    yield from (f"{reverse('thesis:bulk')}?act={act}&thesis={thesis.uuid}" for act in bulk.FORMS)
    _invitation, secret = guests.invite(thesis=thesis, by=bob, name="Ina Reviewer", days=7)
    yield reverse("thesis:invited", args=[secret])
    yield reverse("notifications:item", args=[Notification.objects.filter(user=bob).first().number])


def coordinators() -> Iterator[str]:
    """What Grace sees of the department."""
    department, programme = Department.objects.get(slug="ds"), Programme.objects.first()
    yield from map(reverse, ("thesis:dashboard", "thesis:reports", "thesis:departments"))
    yield reverse("thesis:settings", args=[department.slug])
    yield reverse("thesis:department_people", args=[department.slug])
    yield reverse("thesis:programme", args=[department.slug, programme.uuid])


def administrators() -> Iterator[str]:
    assert AuditEvent.objects.exists()
    yield from map(reverse, ("audit:events", "thesis:mails"))
    yield reverse("thesis:mail", args=[wording.names()[0], "de"])
    receipt = Receipt.objects.select_related("thesis").first()
    yield reverse("thesis:receipt", args=[receipt.thesis.uuid, receipt.uuid])
    yield reverse("thesis:library_thesis", args=[Thesis.objects.get(visibility="public", state="completed").uuid])
    yield from (f"{reverse('status:page')}?over={over}" for over in ("hour", "week"))


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("screen", "theme"), LOOKS)
def test_pages_are_open_to_everybody(demo, signed_in_page: Callable, screen: str, theme: str) -> None:
    faults: dict[str, list[str]] = {}

    for name, addresses in (
        ("alice", everybodys), ("dave", students), ("bob", supervisors), ("grace", coordinators),
        ("admin", administrators),
    ):  # fmt: skip
        page = signed_in_page(User.objects.get(username=name), color_scheme=theme, service_workers="block")
        found = walk(page, tuple(addresses()), screen)
        faults |= {f"{name} {address}": wrong for address, wrong in found.items() if wrong}
        page.context.close()

    assert faults == {}
