"""What workers leave to each other: parts brought to their place once, and drafts that stay or go."""

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from camera import recorder
from camera.models import Recording, RecordingPart, RecordingState, Trouble
from camera.services import taking
from digi.files.models import StoredFile
from tests.camera.edges.conftest import record, written
from tests.digi.files.conftest import stored

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = b"0123456789" * 1000


@pytest.fixture
def files(settings, tmp_path):
    settings.DIGI_FILES = tmp_path / "files"
    return settings.DIGI_FILES


@pytest.fixture
def part(camera, people, files) -> RecordingPart:
    return written(camera, people.bob, CONTENT)


def test_a_part_that_two_workers_finish_gets_its_place_once(part, files):
    theirs = RecordingPart.objects.select_related("recording__camera", "recording__started_by").get()
    taking.finish_part(part=theirs, seconds=4.0)
    part.draft.write_bytes(CONTENT)  # as it was while both were at it

    taking.finish_part(part=part, seconds=5.0)
    part.draft.unlink(missing_ok=True)

    assert RecordingPart.objects.values_list("file", "seconds").get() == (theirs.file.pk, 4.0)
    assert StoredFile.objects.get() == theirs.file
    assert stored(files) == [files / theirs.file.path]


def test_a_part_that_was_deleted_meanwhile_leaves_nothing(part, files):
    RecordingPart.objects.all().delete()

    taking.finish_part(part=part, seconds=5.0)
    part.draft.unlink()

    assert not StoredFile.objects.exists()
    assert stored(files) == []


# The recorder, asked to stop before it comes


@pytest.fixture
def left(part, video) -> RecordingPart:
    """A part that a killed worker has left to the next one, which is to end the recording."""
    part.draft.write_bytes(video)
    Recording.objects.update(claimed_until=None, stop_asked_at=timezone.now())
    return part


def test_what_another_worker_left_is_brought_to_its_place(left, files, video):
    assert record() == (RecordingState.DONE, "")

    left.refresh_from_db()
    assert (files / left.file.path).read_bytes() == video
    assert stored(files) == [files / left.file.path]


def test_a_part_that_cannot_be_read_for_a_moment_waits(left, video):
    left.draft.unlink()
    left.draft.symlink_to(left.draft)  # opening it fails, though it is there

    assert record() == (RecordingState.RECORDING, "")
    assert (RecordingPart.objects.get().file, Recording.objects.get().claim) == (None, None)

    left.draft.unlink()
    left.draft.write_bytes(video)
    assert record() == (RecordingState.DONE, "")
    assert RecordingPart.objects.get().file is not None


def test_a_part_that_nothing_plays_of_goes(left, files):
    left.draft.write_bytes(b"")

    assert record() == (RecordingState.FAILED, Trouble.NO_PICTURE)
    assert not RecordingPart.objects.exists()
    assert stored(files) == []


def test_a_part_of_another_machine_is_left_alone(left, settings, tmp_path):
    settings.DIGI_FILES = tmp_path / "elsewhere"

    record()

    assert RecordingPart.objects.get() == left


def test_a_part_that_has_its_place_is_not_dropped(left, files):
    taking.finish_part(part=RecordingPart.objects.get(), seconds=4.0)

    taking.drop_part(part=left)

    assert RecordingPart.objects.get() == left
    assert StoredFile.objects.count() == 1


def test_a_recording_outlives_a_hiccup_of_the_database(left, monkeypatch):
    monkeypatch.setattr(recorder, "PAUSE", 0)
    failed = []

    def fail_once(execute, sql, params, many, context):
        if "retired_at" in sql and "stop_asked_at" in sql and not failed and RecordingPart.objects.get().file:
            failed.append(sql)
            raise OperationalError("the database is away")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail_once):
        assert record() == (RecordingState.DONE, "")

    assert len(failed) == 1


def test_a_lost_recording_leaves_no_video_on_the_disk(left, files):
    Recording.objects.update(tries=taking.TRIES)

    assert record() == (RecordingState.FAILED, Trouble.LOST)
    assert stored(files) == []
    assert not left.recording.folder.exists()


def test_a_deleted_recording_takes_its_drafts_along(left, files):
    Recording.objects.update(ended_at=timezone.now(), state=RecordingState.FAILED, error=Trouble.LOST)

    taking.discard(recording=Recording.objects.get())

    assert stored(files) == []
    assert not left.recording.folder.exists()
