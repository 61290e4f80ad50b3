"""A thesis to take away: what is in the archive, for whom."""

import json
import re
import zipfile
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digi.audit.models import AuditEvent
from digi.errors import NotFound
from digi.files import archives
from tests.files import path_of
from tests.papers import archive
from tests.thesis.documents.conftest import BETTER, PAPER
from tests.thesis.making import dated, leave, put, upload
from thesis.models import Mark, Receipt, ThesisMember
from thesis.services import discussion, export, extensions, marks, meetings, plan, receipts, requests, theses
from thesis.states import State

pytestmark = pytest.mark.django_db


def packed(thesis, by) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(b"".join(archives.packed(export.entries(thesis=thesis, by=by)))))


def test_archive_holds_everything(writing, added, alice):
    added("draft")
    added("draft", BETTER)
    added("material", archive(), name="data.zip")
    added("final")
    theses.transition(thesis=dated(writing), to="submitted", by=alice, declaration=True)
    receipt = Receipt.objects.get()

    found = packed(writing, alice)

    assert found.testzip() is None
    material = receipt.thesis.documents.get(kind="material").uuid.hex[:8]
    assert found.namelist() == [
        "overview.md",
        "thesis.json",
        "history.json",
        "timeline.json",
        "talks.json",
        "change-requests.json",
        "milestones.json",
        "tasks.json",
        "meetings.json",
        "extensions.json",
        "marks.json",
        "documents/draft/001-thesis.pdf",
        "documents/draft/002-thesis.pdf",
        f"documents/material/{material}/001-data.zip",
        "documents/final/001-thesis.pdf",
        f"receipts/{receipt.uuid}.json",
    ]
    assert found.read("documents/draft/002-thesis.pdf") == BETTER
    assert found.read("documents/final/001-thesis.pdf") == PAPER
    assert json.loads(found.read(f"receipts/{receipt.uuid}.json")) == receipts.signed(receipt)
    described = json.loads(found.read("thesis.json"))
    assert (described["title"], described["state"]) == ("Bounded lag", "writing")
    assert [member["name"] for member in described["members"]] == ["Alice", "Bob", "Carol"]
    assert [step["to"] for step in json.loads(found.read("history.json"))] == ["draft", "submitted"]


def test_archive_leaves_out_talks_that_the_person_may_not_read(writing, alice, bob):
    discussion.open_thread(thesis=writing, by=bob, body="For all.")
    discussion.open_thread(thesis=writing, by=bob, body="Among us.", visibility="staff")

    def said(by) -> list[str]:
        talks = json.loads(packed(writing, by).read("talks.json"))
        return [comment["text"] for talk in talks for comment in talk["comments"]]

    assert said(alice) == ["For all."]
    assert said(bob) == ["For all.", "Among us."]


@pytest.fixture
def worked_on(writing, alice, bob, carol, dave, frank):
    """A group of two, everything planned and said, both examiners' reports under way, one mark of two published."""
    ThesisMember.objects.create(thesis=writing, user=dave, role="student")
    ThesisMember.objects.create(thesis=writing, user=frank, role="second_examiner")
    dated(writing)
    plan.add_milestone(thesis=writing, by=bob, title="Measurements", due_on=writing.due_on)
    task = plan.add_task(thesis=writing, by=bob, title="*Name* <b>it</b>", assignee=alice)
    plan.change_task(task=task, by=alice, done=True)
    meetings.arrange(thesis=writing, by=bob, starts_at=timezone.now(), place="2.014", agenda="Chapter 4")
    extensions.ask(thesis=writing, by=alice, due_on=writing.due_on + timedelta(days=9), reason="Ill.")
    for visibility in ("all", "staff"):
        _, comment = discussion.open_thread(thesis=writing, by=bob, body=f"For {visibility}.", visibility=visibility)
        requests.ask(comment=comment, by=bob)
    put(writing, state=State.UNDER_REVIEW)
    marks.report(thesis=writing, by=carol, text="Good.", submit=True)
    marks.enter(thesis=writing, student=alice, value=Decimal("1.3"), by=carol)
    marks.enter(thesis=writing, student=dave, value=Decimal("2.7"), by=carol)
    Mark.objects.filter(student=alice).update(published_at=timezone.now())
    return writing


def part(archive: zipfile.ZipFile, name: str):
    return json.loads(archive.read(f"{name}.json"))


# Who: marks, reports, visibilities of talks (and of the requests in them).
VIEWS = {
    "alice": (["1.3"], 0, ["all"]),
    "dave": ([], 0, ["all"]),
    "bob": (["1.3"], 1, ["all", "staff"]),
    "carol": (["1.3", "2.7"], 1, ["all", "staff"]),
    "frank": (["1.3", "2.7"], 0, ["all", "staff"]),
    "grace": (["1.3", "2.7"], 1, ["all", "staff"]),
    "heidi": ([], 0, ["all"]),
}


def says(text: str, mark: str) -> bool:
    """Is this mark in it, and not only in the seconds of a moment?"""
    return re.search(rf"(?<![\d.]){re.escape(mark)}(?!\d)", text) is not None


@pytest.mark.parametrize("who", VIEWS)
def test_everybody_takes_away_what_they_may_read(worked_on, alice, bob, carol, dave, frank, grace, heidi, who):
    ThesisMember.objects.create(thesis=worked_on, user=heidi, role="observer")
    people = {user.username: user for user in (alice, bob, carol, dave, frank, grace, heidi)}

    found = packed(worked_on, people[who])

    expected_marks, reports, visibilities = VIEWS[who]
    assert [row["mark"] for row in part(found, "marks")["marks"]] == expected_marks
    assert len(part(found, "marks")["reports"]) == reports
    assert [talk["visibility"] for talk in part(found, "talks")] == visibilities
    assert len(part(found, "change-requests")) == len(visibilities)
    page = found.read("overview.md").decode()
    assert says(page, "2.7") == ("2.7" in expected_marks)
    assert ("For staff" in page) == ("staff" in visibilities)
    for hidden in {"1.3", "2.7"} - set(expected_marks):
        assert not any(says(found.read(name).decode(), hidden) for name in found.namelist() if "json" in name)


def test_plan_stands_in_the_archive(worked_on, alice):
    found = packed(worked_on, alice)

    assert [(row["title"], row["done_at"]) for row in part(found, "milestones")] == [("Measurements", None)]
    (task,) = part(found, "tasks")
    assert (task["title"], task["assignee"], bool(task["done_at"])) == ("*Name* <b>it</b>", "Alice", True)
    assert [(row["place"], row["agenda"]) for row in part(found, "meetings")] == [("2.014", "Chapter 4")]
    assert [(row["state"], row["reason"], row["by"]) for row in part(found, "extensions")] == [
        ("asked", "Ill.", "Alice")
    ]
    assert [entry["kind"] for entry in part(found, "timeline")] == ["step"]


def test_overview_is_readable_and_takes_no_words_for_markup(worked_on, alice):
    page = packed(worked_on, alice).read("overview.md").decode()

    assert page.startswith("# Bounded lag\n\nMaster’s thesis · Under review\n")
    assert "\n## Members\n\n- Alice, Student\n- Bob, Supervisor\n- Carol, Examiner\n" in page
    assert r"- [x] \*Name\* \<b\>it\</b\>, Alice" in page
    assert "**Bob**" in page
    assert "\n> For all\\.\n" in page


def test_archive_holds_no_addresses(writing, alice):
    found = packed(writing, alice)

    assert all("@" not in found.read(name).decode() for name in found.namelist())


def test_export_is_audited_and_closed_to_others(writing, alice, bob, erin):
    export.entries(thesis=writing, by=alice)
    leave(writing, alice)

    for who in (erin, alice):
        with pytest.raises(NotFound):
            export.entries(thesis=writing, by=who)

    assert AuditEvent.objects.get(action="thesis.exported").actor == alice


def test_lost_file_is_left_out(writing, version, alice):
    path_of(version.file).unlink()

    assert packed(writing, alice).testzip() is None


def test_export_takes_the_same_queries_for_one_and_three(writing, alice):
    counted = []
    for n in range(3):
        upload(writing, "draft")
        plan.add_milestone(thesis=writing, by=alice, title=f"M{n}")
        plan.add_task(thesis=writing, by=alice, title=f"T{n}", assignee=alice)
        meetings.arrange(thesis=writing, by=alice, starts_at=timezone.now())
        discussion.open_thread(thesis=writing, by=alice, body=f"Hm {n}")
        with CaptureQueriesContext(connection) as captured:
            export.entries(thesis=writing, by=alice)
        counted.append(len(captured))

    assert counted[0] == counted[2]
