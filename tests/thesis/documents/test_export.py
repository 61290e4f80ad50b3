"""A thesis to take away: what is in the archive, for whom."""

import json
import zipfile
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digi.audit.models import AuditEvent
from digi.errors import NotFound
from digi.files import archives
from digi.files.services.storage import path_of
from tests.papers import archive
from tests.thesis.documents.conftest import BETTER, PAPER
from tests.thesis.making import dated, leave, upload
from thesis.models import Receipt
from thesis.services import discussion, export, receipts, theses

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
        "thesis.json",
        "history.json",
        "talks.json",
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
    for _ in range(3):
        upload(writing, "draft")
        with CaptureQueriesContext(connection) as captured:
            export.entries(thesis=writing, by=alice)
        counted.append(len(captured))

    assert counted[0] == counted[2]
