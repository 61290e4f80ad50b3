"""A thesis that nobody has applied for."""

import pytest

from chat.models import Room
from tests.chat.reading import words
from thesis.models import Thesis

pytestmark = pytest.mark.django_db


def sent(programme, **values):
    form = {"programme": str(programme.uuid), "title": "Bounded lag", "kind": "master", "language": "en"}
    return form | {"students": "", "supervisor": ""} | values


def people(thesis) -> set[tuple[str, str]]:
    return set(thesis.members.values_list("user__username", "role"))


def test_supervisor_opens_a_thesis_with_its_students(client_for, programme, bob, alice, dave):
    answer = client_for(bob).post("/theses/new/", sent(programme, students="alice, Dave"))

    thesis = Thesis.objects.get()
    assert answer.url == f"/theses/{thesis.uuid}/"
    assert people(thesis) == {("bob", "supervisor"), ("alice", "student"), ("dave", "student")}
    assert Room.objects.count() == 2


def test_coordinator_opens_a_thesis_for_a_supervisor(client_for, programme, grace, bob, alice):
    client_for(grace).post("/theses/new/", sent(programme, students="alice", supervisor="bob"))

    assert people(Thesis.objects.get()) == {("bob", "supervisor"), ("alice", "student")}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"students": "nobody"}, "There is nobody of the user name “nobody”."),
        ({"supervisor": "alice"}, "This person is no supervisor of the department."),
        ({"students": "bob"}, "Nobody is a student and something else of one thesis."),
        ({"title": " "}, "This field is required."),
    ],
)
def test_what_does_not_fit_opens_nothing_and_keeps_what_was_typed(client_for, programme, bob, alice, wrong, sentence):
    answer = client_for(bob).post("/theses/new/", sent(programme, **wrong))

    assert (answer.status_code, Thesis.objects.count()) == (422, 0)
    assert sentence in words(answer)
    assert wrong.get("students", "") in answer.text


@pytest.mark.parametrize("name", ["alice", "carol", "erin"])
def test_opening_is_for_supervisors_and_coordinators(client_for, programme, request, name):
    client = client_for(request.getfixturevalue(name))

    assert client.get("/theses/new/").status_code == 403
    assert client.post("/theses/new/", sent(programme)).status_code == 403
    assert not Thesis.objects.exists()


def test_programme_of_another_department_is_not_offered(client_for, programme, bob):
    from tests.factories import DepartmentFactory
    from thesis.models import Programme

    other = Programme.objects.create(department=DepartmentFactory(), name="Elsewhere")

    page = client_for(bob).get("/theses/new/")
    answer = client_for(bob).post("/theses/new/", sent(other))

    assert "Elsewhere" not in page.text
    assert (answer.status_code, Thesis.objects.count()) == (422, 0)
