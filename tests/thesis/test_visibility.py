"""Who reads what a thesis is about: visibility, embargo, search."""

from datetime import timedelta
from itertools import product

import pytest

from digi.accounts.models import Role
from tests.factories import AffiliationFactory
from tests.thesis.making import leave, put
from thesis import days
from thesis.models import Thesis, Visibility
from thesis.states import State

pytestmark = pytest.mark.django_db

READERS = {
    # visibility, finished, embargo → who reads beside members, coordinators and superusers
    ("private", False): "",
    ("private", True): "",
    ("internal", False): "staff",
    ("internal", True): "staff",
    ("students", False): "staff",
    ("students", True): "staff fellow",
    ("public", False): "staff",
    ("public", True): "staff fellow outsider former elsewhere",
}


@pytest.fixture
def people(thesis, alice, bob, carol, grace, root, erin, dave, heidi, person, somebody):
    elsewhere = AffiliationFactory(user=person("mallory"), role=Role.COORDINATOR).user
    former = person("former")
    thesis.members.create(user=former, role="observer")
    leave(thesis, former)
    return {
        "member": alice,
        "coordinator": grace,
        "superuser": root,
        "staff": heidi,
        "fellow": dave,
        "outsider": erin,
        "former": former,
        "elsewhere": elsewhere,
    }


@pytest.mark.parametrize(("visibility", "finished"), READERS)
def test_readers_are_those_of_the_visibility(thesis, people, visibility, finished):
    put(thesis, visibility=visibility, state=State.ARCHIVED if finished else State.WRITING)
    expected = {"member", "coordinator", "superuser", *READERS[visibility, finished].split()}

    readers = {who for who, user in people.items() if Thesis.objects.readable_by(user).exists()}
    inside = {who for who, user in people.items() if Thesis.objects.worked_on_by(user).exists()}

    assert readers == expected
    assert inside == {"member", "coordinator", "superuser"}


@pytest.mark.parametrize(("visibility", "ahead"), list(product(("students", "public"), (-1, 0, 1))))
def test_embargo_holds_until_its_day(thesis, people, visibility, ahead):
    until = days.today() + timedelta(days=ahead)
    put(thesis, visibility=visibility, state=State.COMPLETED, embargo_until=until)

    assert Thesis.objects.readable_by(people["fellow"]).exists() == (ahead <= 0)
    assert Thesis.objects.readable_by(people["staff"]).exists()


def test_search_finds_titles_and_students_and_no_former_ones(institute, people, dave):
    first = institute.thesis(title="Über Ränder")
    second = institute.thesis(title="Margins")
    second.members.create(user=dave, role="student")

    def found(words: str) -> set[str]:
        return set(Thesis.objects.named(words).values_list("title", flat=True))

    assert found("uber RAND") == {"Über Ränder"}
    assert found("dave") == {"Margins"}
    assert found("dave margins") == {"Margins"}
    assert found("bob") == set()
    leave(second, dave)
    assert found("dave") == set()
    assert first.title in found("alice")


def test_visibilities_are_all_proved():
    assert {visibility for visibility, _ in READERS} == set(Visibility.values)
