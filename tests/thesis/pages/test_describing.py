"""Editing what a thesis says about itself, also where two do it at once."""

import pytest

from tests.chat.reading import words
from tests.thesis.making import dated, put
from thesis.services import theses
from thesis.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def writing(institute):
    return put(dated(institute.thesis(state=State.WRITING)), abstract="How far behind?")


def at(thesis) -> str:
    return f"/theses/{thesis.uuid}/edit/"


def drawn(client, thesis) -> dict[str, str]:
    """What a browser would send if nobody touched the form."""
    form = client.get(at(thesis)).context["form"]
    now = {name: form[name].value() or "" for name in form.fields}
    now = {name: value.isoformat() if hasattr(value, "isoformat") else str(value) for name, value in now.items()}
    return now | {f"initial-{name}": value for name, value in now.items() if name != "version"}


def test_supervisor_changes_what_the_thesis_says(client_for, writing, bob):
    client = client_for(bob)
    sent = drawn(client, writing) | {"title": "Bounded lag, measured", "visibility": "public"}

    answer = client.post(at(writing), sent)

    writing.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, f"/theses/{writing.uuid}/")
    assert (writing.title, writing.visibility) == ("Bounded lag, measured", "public")


def test_student_describes_and_sets_no_dates(client_for, writing, alice):
    client = client_for(alice)
    fields = set(client.get(at(writing)).context["form"].fields)

    client.post(at(writing), drawn(client, writing) | {"abstract": "At most so far.", "due_on": "2099-01-01"})

    due = writing.due_on
    writing.refresh_from_db()
    assert fields == {"version", "title", "abstract", "language"}
    assert (writing.abstract, writing.due_on) == ("At most so far.", due)


@pytest.mark.parametrize(("name", "status"), [("carol", 403), ("erin", 404), ("grace", 200)])
def test_editing_is_for_students_supervisors_and_coordinators(client_for, writing, request, name, status):
    assert client_for(request.getfixturevalue(name)).get(at(writing)).status_code == status


def test_refusal_stands_at_its_field_and_keeps_what_was_typed(client_for, writing, bob):
    client = client_for(bob)

    answer = client.post(at(writing), drawn(client, writing) | {"due_on": "2020-01-01", "title": "Another title"})

    writing.refresh_from_db()
    assert answer.status_code == 422
    assert "The due date lies before the start." in words(answer)
    assert 'value="Another title"' in answer.text
    assert writing.title == "Bounded lag"


def test_what_two_change_at_once_in_different_places_stands_both(client_for, writing, alice, bob):
    client = client_for(bob)
    sent = drawn(client, writing)
    theses.change(thesis=writing, by=alice, abstract="Alice's own words.")

    answer = client.post(at(writing), sent | {"title": "Bob's title"})

    writing.refresh_from_db()
    assert answer.status_code == 302
    assert (writing.title, writing.abstract) == ("Bob's title", "Alice's own words.")


def test_what_two_change_at_once_in_one_place_is_shown_side_by_side(client_for, writing, alice, bob):
    client = client_for(bob)
    sent = drawn(client, writing)
    theses.change(thesis=writing, by=alice, title="Alice's title", abstract="Alice's own words.")

    answer = client.post(at(writing), sent | {"title": "Bob's title"})

    writing.refresh_from_db()
    assert (answer.status_code, writing.title) == (422, "Alice's title")
    assert "Somebody changed this while you wrote." in words(answer)
    assert "Title Alice&#x27;s title" in words(answer)
    assert 'value="Bob&#x27;s title"' in answer.text

    form = answer.context["form"]
    again = {name: form.data[name] for name in form.data}
    assert client.post(at(writing), again).status_code == 302
    writing.refresh_from_db()
    assert (writing.title, writing.abstract) == ("Bob's title", "Alice's own words.")


def test_time_of_a_defence_is_kept_in_the_persons_zone(client_for, writing, bob):
    client = client_for(put(bob, time_zone="Europe/Berlin"))

    client.post(at(writing), drawn(client, writing) | {"defence_at": "2030-07-01T14:00"})

    writing.refresh_from_db()
    assert writing.defence_at.isoformat() == "2030-07-01T12:00:00+00:00"
    assert 'value="2030-07-01T14:00"' in client.get(at(writing)).text


def test_closed_thesis_is_not_changed_any_more(client_for, writing, bob):
    client = client_for(bob)
    sent = drawn(client, writing) | {"title": "Too late"}
    put(writing, state=State.WITHDRAWN)

    answer = client.post(at(writing), sent)

    assert answer.status_code == 422
    assert "The thesis is closed" in words(answer)
