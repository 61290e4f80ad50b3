"""`manage.py demo`: theses in many states, a big department, and Erin in none of it."""

from io import StringIO

import pytest
from django.core.management import call_command

from digi import crypto
from digi.accounts.models import User
from digi.notifications.models import Channel, Delivery, Notification
from thesis.models import Application, DocumentVersion, Reading, Receipt, Thesis, ThesisMember, Topic
from thesis.services import history, readings, receipts, verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings):
    settings.DEBUG, settings.DIGI_DEMO_PASSWORD = True, "a demonstration"

    def run(*arguments: str) -> str:
        out = StringIO()
        call_command("demo", *arguments, stdout=out)
        return out.getvalue()

    return run


def counts() -> list[int]:
    return [model.objects.count() for model in (User, Topic, Application, Thesis, DocumentVersion)]


def test_demo_has_theses_in_many_states_and_is_made_once(demo):
    demo()
    before = counts()
    demo()

    assert counts() == before
    assert len(set(Thesis.objects.values_list("state", flat=True))) >= 5
    assert len(set(Application.objects.values_list("state", flat=True))) >= 4
    assert DocumentVersion.objects.count() >= 4
    chains = [history.verify(one) for one in (*Thesis.objects.all(), *Application.objects.all())]
    assert set(chains) == {None}


def test_demo_fills_inboxes_and_leaves_no_mail_to_send(demo):
    demo()

    assert Notification.objects.exists()
    assert not Delivery.objects.filter(channel=Channel.MAIL).exists()


def test_demo_has_drafts_to_compare_and_receipts_that_hold(demo):
    demo()
    first, second = DocumentVersion.objects.filter(document__kind="draft").order_by("n")

    found = readings.changes(before=first, after=second)

    assert "4.2 A link that loses" in str(found)
    assert second.pages == 2
    assert {reading.state for reading in Reading.objects.all()} == {"done"}
    assert Receipt.objects.count() == 2
    for receipt in Receipt.objects.select_related("version"):
        document, keys = receipts.signed(receipt), crypto.ring().public_keys()
        assert verification.check(document, sha256=receipt.version.sha256, keys=keys).name == "thesis.pdf"


def test_erin_belongs_to_nothing(demo):
    demo("--theses", "20")
    erin = User.objects.get(username="erin")

    assert not erin.affiliations.exists()
    assert not ThesisMember.objects.filter(user=erin).exists()
    assert not Application.objects.visible_to(erin).exists()
    assert not Topic.objects.visible_to(erin).exists()
    assert not Thesis.objects.worked_on_by(erin).exists()
    assert not DocumentVersion.objects.worked_on_by(erin).exists()


def test_big_department_grows_to_its_size_with_chains_that_hold(demo):
    assert "20 of them new" in demo("--theses", "20")
    assert "5 of them new" in demo("--theses", "25")
    assert "0 of them new" in demo("--theses", "25")

    crowd = Thesis.objects.filter(programme__name="Crowd")
    assert crowd.count() == 25
    assert {history.verify(thesis) for thesis in crowd} == {None}
    assert set(ThesisMember.objects.filter(thesis__in=crowd).values_list("role", flat=True)) == {
        "student",
        "supervisor",
        "examiner",
    }
