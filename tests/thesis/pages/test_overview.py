"""The overview of a thesis: where it stands, the steps from there, and who may take them."""

import re
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.services import rooms
from tests.chat.reading import words
from tests.thesis import stages
from tests.thesis.making import dated, leave, put, upload
from thesis import days
from thesis.models import MemberRole, ThesisMember
from thesis.services import extensions
from thesis.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DIGI_FILES = tmp_path / "files"


@pytest.fixture
def writing(institute):
    return dated(institute.thesis(state=State.WRITING))


def at(thesis) -> str:
    return f"/theses/{thesis.uuid}/"


def take(client, thesis, to, **given):
    thesis.refresh_from_db()
    return client.post(f"{at(thesis)}step/", {"to": to, "version": thesis.version} | given)


def line(page) -> list[str]:
    """The names of the stages, in order."""
    return re.findall(r"<b>([^<]+)", page.text.split('class="stateline"')[1].split("</ol>")[0])


# Who may look.


@pytest.mark.parametrize("path", ["", "edit/", "extensions/", "members/", "marks/", "timeline/"])
def test_workspace_is_closed_to_outsiders_and_former_members(client_for, client, writing, erin, dave, institute, path):
    ThesisMember.objects.create(thesis=writing, user=dave, role="examiner")
    leave(writing, dave)
    nowhere = client_for(erin).get(f"/theses/{institute.programme.uuid}/{path}")

    for person in (erin, dave):
        page = client_for(person).get(at(writing) + path)

        assert page.status_code == nowhere.status_code == 404

    assert client.get(at(writing) + path).url.startswith("/accounts/login/")


@pytest.mark.parametrize("path", ["", "extensions/", "members/", "marks/", "timeline/"])
def test_workspace_is_open_to_everybody_on_the_thesis_and_to_coordinators(
    client_for, writing, alice, bob, carol, grace, heidi, path
):
    ThesisMember.objects.create(thesis=writing, user=heidi, role="observer")

    for person in (alice, bob, carol, grace, heidi):
        page = client_for(person).get(at(writing) + path)

        assert page.status_code == 200
        assert "no-store" in page.headers["Cache-Control"]


def test_an_administrators_look_from_outside_is_audited(client_for, writing, root):
    from digi.audit.models import AuditEvent

    client_for(root).get(at(writing))

    assert AuditEvent.objects.filter(actor=root, action="thesis.viewed").exists()


# The line of states.


def test_line_leaves_out_what_the_programme_does_not_ask_for(client_for, writing, alice):
    assert line(client_for(alice).get(at(writing))) == [
        "Draft",
        "Writing",
        "Submitted",
        "Under review",
        "Graded",
        "Completed",
        "Archived",
    ]


def test_line_shows_what_the_programme_asks_for(client_for, institute, programme, alice):
    put(programme, proposal_required=True, defence_required=True)
    thesis = institute.thesis()

    assert line(client_for(alice).get(at(thesis)))[1] == "Proposal"
    assert "Defence" in line(client_for(alice).get(at(thesis)))


def test_line_of_a_withdrawn_thesis_ends_where_it_was(client_for, writing, alice, bob):
    stages.step(writing, "withdrawn", bob)

    page = client_for(alice).get(at(writing))

    assert line(page) == ["Draft", "Withdrawn"]
    assert "Next:" not in words(page)


# The gate.


def test_gate_says_who_moves_it_and_what_stands_in_the_way_in_the_servers_words(client_for, writing, bob):
    text = words(client_for(bob).get(at(writing)))

    assert "Next: Submitted Alice takes this step. No final version is uploaded yet." in text


def test_gate_of_who_may_offers_the_step_with_what_it_needs(client_for, writing, alice):
    upload(writing, "final")

    page = client_for(alice).get(at(writing))

    assert "You take this step. Nothing stands in the way." in words(page)
    assert "I have written this thesis myself" in page.text
    assert re.search(r'<form[^>]* id="step-submitted"[^>]* data-stay data-keep>', page.text)


def test_gate_looks_one_state_ahead(client_for, writing, bob, carol):
    leave(writing, carol)

    assert "Later on, before Under review : The thesis has no examiner yet. Name one now" in words(
        client_for(bob).get(at(writing))
    )


def test_step_is_taken_and_said(client_for, writing, alice):
    upload(writing, "final")
    client = client_for(alice)

    answer = take(client, writing, "submitted", declaration="on")

    writing.refresh_from_db()
    assert (answer.status_code, answer.url, writing.state) == (302, at(writing), "submitted")
    page = client.get(at(writing))
    assert "It is now in the state “Submitted”." in words(page)
    assert reverse("thesis:receipt", args=[writing.uuid, page.context["receipts"][0].uuid]) in page.text


def test_step_without_what_it_needs_comes_back_with_its_form(client_for, writing, alice):
    upload(writing, "final")

    answer = take(client_for(alice), writing, "submitted")

    writing.refresh_from_db()
    assert (answer.status_code, writing.state) == (422, "writing")
    assert 'id="step-submitted"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_step_keeps_what_was_typed_when_it_is_refused(client_for, institute, bob):
    thesis = dated(institute.thesis(state=State.UNDER_REVIEW))
    yesterday = (days.today() - timedelta(days=1)).isoformat()

    answer = take(client_for(bob), thesis, "revision", reason="Say which sample.", due_on=yesterday)

    assert answer.status_code == 422
    assert "Say which sample." in answer.text
    assert "The new due date must lie ahead." in answer.text


def test_step_from_an_old_page_is_refused_and_shows_the_present_one(client_for, writing, bob):
    answer = client_for(bob).post(f"{at(writing)}step/", {"to": "withdrawn", "version": 0, "reason": "Moved away."})

    writing.refresh_from_db()
    assert (answer.status_code, writing.state) == (422, "writing")
    assert "Somebody has changed this meanwhile." in answer.text
    assert f'name="version" value="{writing.version}"' in answer.text


@pytest.mark.parametrize("name", ["alice", "carol", "heidi"])
def test_withdrawing_is_for_supervisors(client_for, writing, request, name):
    person = request.getfixturevalue(name)
    ThesisMember.objects.get_or_create(thesis=writing, user=request.getfixturevalue("heidi"), role="observer")

    answer = take(client_for(person), writing, "withdrawn", reason="No.")

    writing.refresh_from_db()
    assert (answer.status_code, writing.state) == (404, "writing")


def test_withdrawing_names_the_act_and_asks_for_a_reason(client_for, writing, bob):
    client = client_for(bob)
    asked = client.get(f"{at(writing)}?do=withdraw")

    assert re.search(r'<dialog[^>]*id="ask-withdraw"[^>]* open>', asked.text)
    assert re.search(r'<button class="button danger" type="submit">Withdraw</button>', asked.text)
    assert take(client, writing, "withdrawn", reason="").status_code == 422
    assert take(client, writing, "withdrawn", reason="Moved away.").status_code == 302


def test_step_back_is_a_coordinators_and_stays_in_the_history(client_for, writing, grace, bob):
    stages.step(writing, "withdrawn", bob)
    page = client_for(grace).get(f"{at(writing)}?do=back")

    answer = take(client_for(grace), writing, "writing", reason="A mistake.")

    assert re.search(r'<dialog[^>]*id="ask-back"[^>]* open>', page.text)
    assert answer.status_code == 302
    assert "Grace took a step back, to Writing" in words(client_for(grace).get(f"{at(writing)}timeline/"))
    assert 'id="ask-back"' not in client_for(bob).get(at(writing)).text


def test_step_that_is_a_coordinators_is_offered_as_theirs(client_for, institute, grace, bob):
    thesis = put(dated(institute.thesis(state=State.COMPLETED)), abstract="How far behind?")

    assert "Next: Archived You take this step." in words(client_for(grace).get(at(thesis)))
    assert "Next: Archived A coordinator takes this step." in words(client_for(bob).get(at(thesis)))
    assert 'id="step-archived"' not in client_for(bob).get(at(thesis)).text


# Its people, its facts, and the way into the chat.


def test_people_have_their_roles_and_a_way_into_the_chat(client_for, writing, alice, bob, carol):
    rooms.open_pair(by=bob, other=alice)
    page = client_for(bob).get(at(writing))

    assert re.search(r'data-person="alice".*?data-here hidden', page.text, re.S)
    assert re.search(r"Carol\s*, here now Examiner", words(page))
    assert f"{at(writing)}chat/alice/" in page.text
    assert f"{at(writing)}chat/carol/" not in page.text
    assert client_for(bob).get(f"{at(writing)}chat/alice/").url.startswith("/chat/")


def test_chat_is_only_with_people_of_the_thesis(client_for, writing, bob, erin, alice):
    rooms.open_pair(by=bob, other=erin)

    assert client_for(bob).get(f"{at(writing)}chat/erin/").status_code == 404
    assert client_for(erin).get(f"{at(writing)}chat/bob/").status_code == 404


def test_question_for_more_time_stands_on_the_overview(client_for, writing, alice, bob):
    extensions.ask(thesis=writing, by=alice, due_on=writing.due_on + timedelta(days=9), reason="Ill.")

    assert re.search(r"Alice asks for time until .* Decide", words(client_for(bob).get(at(writing))))


def test_overview_asks_the_database_no_more_for_three_students_than_for_one(client_for, writing, bob, somebody):
    client = client_for(bob)
    client.get(at(writing))
    counts = []
    for name in ("student-1", "student-2", "student-3"):
        ThesisMember.objects.create(thesis=writing, user=somebody(name), role=MemberRole.STUDENT)
        with CaptureQueriesContext(database) as queries:
            client.get(at(writing))
        counts.append(len(queries))

    assert counts[0] == counts[2]
