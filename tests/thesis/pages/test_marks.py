"""Reports of examiners and marks of students, on a page."""

import re
from decimal import Decimal
from html import unescape

import pytest

from tests.chat.reading import words
from tests.thesis.making import dated, leave, put
from thesis.models import Mark, MemberRole, ThesisMember
from thesis.services import marks
from thesis.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewed(institute, frank):
    thesis = dated(institute.thesis(state=State.UNDER_REVIEW))
    ThesisMember.objects.create(thesis=thesis, user=frank, role=MemberRole.SECOND_EXAMINER)
    return thesis


def at(thesis, path: str = "marks/") -> str:
    return f"/theses/{thesis.uuid}/{path}"


def graded(thesis):
    return put(thesis, state=State.GRADED)


def shown(client, thesis) -> dict[str, str]:
    """What the form for publishing carries, as the page draws it."""
    drawn = re.search(r'name="versions" value="([^"]*)"', client.get(at(thesis)).text)
    return {"versions": unescape(drawn.group(1))}


def publish(client, thesis):
    return client.post(at(thesis, "marks/publish/"), shown(client, thesis))


# Reports.


def test_draft_is_kept_and_is_its_writers_alone(client_for, reviewed, carol, frank, bob, grace):
    client = client_for(carol)

    answer = client.post(at(reviewed, "report/"), {"report": "Good, so far.", "version": ""})

    assert answer.status_code == 302
    assert "Good, so far." in client.get(at(reviewed)).text
    for person in (frank, bob, grace):
        assert "Good, so far." not in client_for(person).get(at(reviewed)).text


def test_report_is_hidden_from_the_other_examiner_until_both_are_in(client_for, reviewed, carol, frank, alice, bob):
    client_for(carol).post(at(reviewed, "report/"), {"report": "Good work.", "version": "", "hand_in": "1"})

    assert "Good work." in words(client_for(bob).get(at(reviewed)))
    assert "Good work." not in client_for(frank).get(at(reviewed)).text
    assert "Good work." not in client_for(alice).get(at(reviewed)).text

    client_for(frank).post(at(reviewed, "report/"), {"report": "I agree.", "version": "", "hand_in": "1"})

    assert "Good work." in words(client_for(frank).get(at(reviewed)))
    assert "Good work." not in client_for(alice).get(at(reviewed)).text
    assert "Good work." in words(client_for(alice).get(at(graded(reviewed))))


def test_report_that_is_handed_in_stands(client_for, reviewed, carol):
    client = client_for(carol)
    client.post(at(reviewed, "report/"), {"report": "Good work.", "version": "", "hand_in": "1"})

    answer = client.post(at(reviewed, "report/"), {"report": "Bad work.", "version": ""})

    assert answer.status_code == 422
    assert 'id="report"' not in client.get(at(reviewed)).text
    assert reviewed.assessments.get().report == "Good work."


def test_report_from_two_windows_shows_both(client_for, reviewed, carol):
    kept = marks.report(thesis=reviewed, by=carol, text="From the first window.")
    marks.report(thesis=reviewed, by=carol, text="From the second window.")

    answer = client_for(carol).post(at(reviewed, "report/"), {"report": "From the third.", "version": kept.version})

    assert answer.status_code == 422
    assert "From the second window." in words(answer)
    assert "From the third." in answer.text
    assert reviewed.assessments.get().report == "From the second window."


def test_first_draft_from_two_windows_shows_both(client_for, reviewed, carol):
    client = client_for(carol)
    assert re.search(r'name="version" value="0"[^>]*id="report-version"', client.get(at(reviewed)).text)
    marks.report(thesis=reviewed, by=carol, text="From the other window.")

    answer = client.post(at(reviewed, "report/"), {"report": "From this one.", "version": "0"})

    assert answer.status_code == 422
    assert "From the other window." in words(answer)
    assert "From this one." in answer.text
    assert reviewed.assessments.get().report == "From the other window."


# Marks.


@pytest.mark.parametrize(("typed", "status"), [("1.7", 302), ("1,7", 302), ("5.1", 422), ("0.9", 422), ("good", 422)])
def test_mark_is_a_number_from_one_to_five(client_for, reviewed, carol, typed, status):
    answer = client_for(carol).post(at(reviewed, "marks/alice/"), {"value": typed, "version": ""})

    assert answer.status_code == status
    assert Mark.objects.exists() == (status == 302)


def test_mark_is_shown_to_its_student_once_it_is_published(client_for, reviewed, carol, frank, alice, bob):
    client_for(carol).post(at(reviewed, "marks/alice/"), {"value": "1.7", "version": ""})
    assert 'value="1.7"' in client_for(frank).get(at(reviewed)).text
    for person in (alice, bob):
        assert "1.7" not in words(client_for(person).get(at(graded(reviewed))))

    answer = publish(client_for(carol), reviewed)

    assert answer.status_code == 302
    for person in (alice, bob):
        assert "1.7" in words(client_for(person).get(at(reviewed)))


def test_student_sees_no_other_students_mark(client_for, reviewed, carol, alice, dave):
    ThesisMember.objects.create(thesis=reviewed, user=dave, role=MemberRole.STUDENT)
    client = client_for(carol)
    client.post(at(reviewed, "marks/alice/"), {"value": "1.7", "version": ""})
    client.post(at(reviewed, "marks/dave/"), {"value": "2.3", "version": ""})
    graded(reviewed)
    publish(client, reviewed)

    text = words(client_for(dave).get(at(reviewed)))

    assert "2.3" in text
    assert "1.7" not in text


def test_marks_are_published_once_everybody_has_one(client_for, reviewed, carol):
    answer = client_for(carol).post(at(graded(reviewed), "marks/publish/"))

    assert answer.status_code == 422
    assert "Students without a mark: 1" in words(answer)


def test_mark_that_somebody_has_changed_meanwhile_is_shown_beside_ones_own(client_for, reviewed, carol, frank, alice):
    seen = marks.enter(thesis=reviewed, student=alice, value=Decimal("1.7"), by=carol).version
    marks.enter(thesis=reviewed, student=alice, value=Decimal("2.0"), by=frank)

    answer = client_for(carol).post(at(reviewed, "marks/alice/"), {"value": "1.3", "version": seen})

    assert answer.status_code == 422
    assert "now 2.0" in words(answer)
    assert 'value="1.3"' in answer.text


@pytest.mark.parametrize("version", ["0", ""])
def test_first_mark_that_somebody_else_has_entered_meanwhile_stands(client_for, reviewed, carol, frank, alice, version):
    client = client_for(carol)
    assert re.search(r'name="version" value="0"[^>]*id="mark-alice-version"', client.get(at(reviewed)).text)
    marks.enter(thesis=reviewed, student=alice, value=Decimal("2.0"), by=frank)

    answer = client.post(at(reviewed, "marks/alice/"), {"value": "1.3", "version": version})

    assert answer.status_code == 422
    assert "now 2.0" in words(answer)
    assert 'value="1.3"' in answer.text
    assert str(Mark.objects.get().value) == "2.0"


def test_mark_that_was_corrected_meanwhile_is_not_published_unseen(client_for, reviewed, carol, frank, alice):
    client = client_for(carol)
    marks.enter(thesis=graded(reviewed), student=alice, value=Decimal("1.7"), by=carol)
    seen = shown(client, reviewed)
    marks.enter(thesis=reviewed, student=alice, value=Decimal("2.0"), by=frank)

    answers = [client.post(at(reviewed, "marks/publish/"), sent) for sent in (seen, {}, {"versions": "1.7"})]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert Mark.objects.get().published_at is None
    assert "Somebody has changed this meanwhile. Look at it again, please." in words(answers[0])
    assert 'value="2.0"' in answers[0].text
    assert publish(client, reviewed).status_code == 302


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 403), ("bob", 403), ("grace", 422), ("erin", 404), ("dave", 404)]
)
@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("report/", {"report": "Mine.", "version": "", "hand_in": "1"}),
        ("marks/alice/", {"value": "1.0", "version": ""}),
        ("marks/publish/", {}),
    ],
)
def test_marking_is_for_examiners_alone(client_for, reviewed, dave, request, name, status, path, sent):
    ThesisMember.objects.create(thesis=reviewed, user=dave, role=MemberRole.EXAMINER)
    leave(reviewed, dave)

    answer = client_for(request.getfixturevalue(name)).post(at(reviewed, path), sent)

    assert answer.status_code == status
    assert not reviewed.assessments.exists()
    assert not reviewed.marks.exists()
