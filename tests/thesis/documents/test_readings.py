"""What the worker finds in versions, and what changed between two."""

import pytest

from digi.errors import Conflict, Invalid
from digi.worker.models import Job
from digi.worker.services import jobs
from tests.files import path_of
from tests.papers import archive, pdf
from tests.thesis.documents.conftest import BETTER
from tests.thesis.making import upload
from thesis.models import DocumentVersion, Reading
from thesis.services import readings

pytestmark = pytest.mark.django_db


def test_worker_reads_what_was_added(version):
    assert version.reading.state == "waiting"

    jobs.run_due()

    found = Reading.objects.get()
    assert found.state == "done"
    assert found.text == "First page. It is short.\fSecond page. It is shorter."
    assert found.fonts == [{"name": "Helvetica", "embedded": False}]
    assert (found.metadata, found.findings) == ({"title": "A thesis"}, ["fonts_not_embedded"])
    assert found.read_at is not None
    assert not Job.objects.exists()


def test_reading_twice_is_reading_once(version):
    readings.read.work(version_id=version.pk)
    first = Reading.objects.get()

    readings.read.work(version_id=version.pk)
    readings.read.work(version_id=0)

    assert Reading.objects.get().read_at == first.read_at


def test_file_that_cannot_be_read_is_marked_and_not_tried_again(version):
    path_of(version.file).write_bytes(b"%PDF-1.7 broken on the disk")

    jobs.run_due()

    found = Reading.objects.get()
    assert (found.state, found.findings, found.text) == ("failed", ["corrupt"], "")
    assert not Job.objects.exists()


def test_lost_file_is_tried_again_later(version):
    path_of(version.file).unlink()

    jobs.run_due()

    assert Reading.objects.get().state == "waiting"
    assert "FileNotFoundError" in Job.objects.get().error


def test_changes_name_words_and_pages(added):
    before, after = added(), added(content=BETTER)
    jobs.run_due()
    before, after = (DocumentVersion.objects.get(pk=one.pk) for one in (before, after))

    found = readings.changes(before=before, after=after)

    pieces = [["same", "It is"], ["old", "short."], ["new", "now longer."]]
    assert found["changes"] == [{"before_page": 1, "after_page": 1, "pieces": pieces}]


def test_changes_wait_for_the_worker(added):
    before, after = added(), added(content=BETTER)

    with pytest.raises(Conflict) as raised:
        readings.changes(before=before, after=after)

    assert (raised.value.code, raised.value.extra) == ("text_waiting", {"retry_after": 5})


def test_changes_need_text_on_both_sides(added):
    before = added("material", archive(), name="data.zip")
    after = added("draft", pdf(""))
    jobs.run_due()
    before, after = (DocumentVersion.objects.get(pk=one.pk) for one in (before, after))

    with pytest.raises(Invalid) as raised:
        readings.changes(before=before, after=after)

    assert raised.value.code == "no_text"


def test_changes_stay_within_a_thesis(version, institute):
    other = upload(institute.thesis(title="Another"), "draft")

    with pytest.raises(Invalid) as raised:
        readings.changes(before=other, after=version)

    assert raised.value.code == "other_thesis"
