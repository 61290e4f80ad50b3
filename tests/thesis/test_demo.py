"""`manage.py demo`: theses in many states, a big department, and Erin in none of it."""

from io import StringIO

import pytest
from django.core.management import call_command

from digi.accounts.models import User
from thesis.models import Application, DocumentVersion, Thesis, ThesisMember, Topic
from thesis.services import history

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


def test_erin_belongs_to_nothing(demo):
    demo("--theses", "20")
    erin = User.objects.get(username="erin")

    assert not erin.affiliations.exists()
    assert not ThesisMember.objects.filter(user=erin).exists()
    assert not Application.objects.visible_to(erin).exists()
    assert not Topic.objects.visible_to(erin).exists()
    assert not Thesis.objects.worked_on_by(erin).exists()


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
