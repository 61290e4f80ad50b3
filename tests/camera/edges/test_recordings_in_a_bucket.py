"""A part of a recording goes to the bucket when it ends; until it is there, it stays where it was written."""

import pytest
from django.utils import timezone

from camera.models import Recording, RecordingState
from camera.services import taking
from digi.errors import Unavailable
from tests.camera.edges.conftest import record, written
from tests.digi.files.conftest import stored

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = b"0123456789" * 1000


@pytest.fixture
def part(camera, people, s3):
    """A part that a worker has written to its end."""
    part = written(camera, people.bob, CONTENT)
    yield part
    part.draft.unlink(missing_ok=True)


def test_a_part_goes_to_the_bucket_when_it_ends(part, s3):
    taking.finish_part(part=part, seconds=4.0)
    taking.end(recording=part.recording)

    part.refresh_from_db()
    assert stored(s3.folder) == [s3.folder / part.file.path]
    assert (s3.folder / part.file.path).read_bytes() == CONTENT
    assert not part.recording.folder.exists()
    assert Recording.objects.get().state == RecordingState.DONE


def test_a_part_waits_on_the_disk_while_the_bucket_is_away(part, s3):
    s3.server.stop()
    with pytest.raises(Unavailable):
        taking.finish_part(part=part, seconds=4.0)
    s3.server.start()

    part.refresh_from_db()
    assert (part.file, part.draft.read_bytes(), stored(s3.folder)) == (None, CONTENT, [])
    (left,) = taking.unfinished(part.recording)
    taking.finish_part(part=left, seconds=4.0)
    assert len(stored(s3.folder)) == 1


def test_a_recording_waits_for_the_bucket_however_often_it_is_tried(part, s3, video):
    part.draft.write_bytes(video)
    Recording.objects.update(claimed_until=None, tries=taking.TRIES - 1, stop_asked_at=timezone.now())
    s3.server.stop()
    for _ in range(2):
        assert record() == (RecordingState.RECORDING, "")
    s3.server.start()

    assert record() == (RecordingState.DONE, "")

    part.refresh_from_db()
    assert (s3.folder / part.file.path).read_bytes() == video
    assert not part.recording.folder.exists()
