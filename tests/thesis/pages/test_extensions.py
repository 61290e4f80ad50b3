"""More time: asked for, granted, refused, on a page."""

from datetime import timedelta

import pytest

from tests.chat.reading import words
from tests.thesis.making import dated
from thesis.models import Extension
from thesis.services import extensions
from thesis.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def writing(institute):
    return dated(institute.thesis(state=State.WRITING))


@pytest.fixture
def asked(writing, alice) -> Extension:
    due = writing.due_on + timedelta(days=9)
    return extensions.ask(thesis=writing, by=alice, due_on=due, reason="The probe is ill.")


def at(thesis) -> str:
    return f"/theses/{thesis.uuid}/extensions/"


def decide(client, extension, decision, **more):
    sent = {"decision": decision, "version": extension.version, "answer": ""} | more
    return client.post(f"{at(extension.thesis)}{extension.uuid}/", sent)


def test_student_asks_and_everybody_reads_it(client_for, writing, alice, carol):
    due = writing.due_on + timedelta(days=9)

    answer = client_for(alice).post(at(writing), {"due_on": due.isoformat(), "reason": "The probe is ill."})

    assert (answer.status_code, answer.url) == (302, at(writing))
    assert "The probe is ill." in words(client_for(carol).get(at(writing)))
    assert 'id="ask"' not in client_for(alice).get(at(writing)).text


def test_question_that_is_refused_keeps_what_was_typed(client_for, writing, alice):
    answer = client_for(alice).post(at(writing), {"due_on": writing.due_on.isoformat(), "reason": "Ill."})

    assert answer.status_code == 422
    assert "The new date must lie after the old one, and ahead." in words(answer)
    assert "Ill." in answer.text


def test_supervisor_grants_it_and_the_due_date_moves(client_for, asked, bob):
    answer = decide(client_for(bob), asked, "grant")

    asked.thesis.refresh_from_db()
    assert answer.status_code == 302
    assert asked.thesis.due_on == asked.due_on


def test_refusing_needs_a_reason(client_for, asked, bob):
    refused = decide(client_for(bob), asked, "refuse")
    given = decide(client_for(bob), asked, "refuse", answer="There is time enough.")

    assert (refused.status_code, given.status_code) == (422, 302)
    assert "This needs a reason." in words(refused)
    assert "There is time enough." in words(client_for(bob).get(at(asked.thesis)))


def test_decision_on_an_old_page_is_shown_again(client_for, asked, bob):
    extensions.decide(extension=asked, by=bob, grant=False, answer="No.")

    answer = decide(client_for(bob), asked, "grant")

    assert answer.status_code == 422
    assert "No." in words(answer)


@pytest.mark.parametrize(("name", "status"), [("alice", 403), ("carol", 403), ("erin", 404), ("dave", 404)])
def test_deciding_is_for_supervisors(client_for, asked, request, name, status):
    answer = decide(client_for(request.getfixturevalue(name)), asked, "grant")

    asked.refresh_from_db()
    assert (answer.status_code, asked.state) == (status, "asked")


def test_question_of_another_thesis_is_not_here(client_for, institute, asked, bob):
    other = dated(institute.thesis(state=State.WRITING))

    answer = client_for(bob).post(f"{at(other)}{asked.uuid}/", {"decision": "grant", "version": 1})

    assert answer.status_code == 404
