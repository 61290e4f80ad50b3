"""Recordings asked for, ended, kept and deleted; tests/camera/edges/test_recorder.py writes real ones."""

from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from camera.models import Recording, RecordingState, Trouble
from camera.services import recordings, taking
from digi.audit.models import AuditEvent
from digi.errors import Conflict, Forbidden, Invalid, NotFound
from digi.files.models import StoredFile
from tests.camera.edges.conftest import go, recorded
from tests.files import path_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queue_file")]


def test_recording_waits_for_the_worker_with_its_limits(online, people, settings):
    settings.DIGI_CAMERA_RECORDING_BYTES = 500
    made = recordings.start(camera=online, by=people.bob, seconds=60)

    assert (made.state, made.limit_seconds, made.limit_bytes) == ("waiting", 60, 500)
    assert AuditEvent.objects.filter(action="camera.recording.started", actor=people.bob).count() == 1
    assert not made.is_overdue
    Recording.objects.update(started_at=timezone.now() - timedelta(seconds=16))
    assert Recording.objects.get().is_overdue


def test_recording_started_twice_is_one(online, people):
    first = recordings.start(camera=online, by=people.bob)
    again = recordings.start(camera=online, by=people.carol)

    assert again == first
    assert Recording.objects.count() == AuditEvent.objects.filter(action="camera.recording.started").count() == 1


def test_watchers_are_told_of_its_beginning_and_end(online, people):
    before = online.head
    recording = recordings.start(camera=online, by=people.bob)
    online.refresh_from_db()
    assert online.head == before + 1

    recordings.stop(recording=recording, by=people.bob)
    online.refresh_from_db()
    assert online.head == before + 2


@pytest.mark.parametrize(("who", "error"), [("alice", Forbidden), ("dave", NotFound), ("erin", NotFound)])
def test_only_operators_record(online, people, who, error):
    running = recordings.start(camera=online, by=people.bob)
    ended = Recording.objects.get(pk=recorded(online, people.bob).pk)

    with pytest.raises(error):
        recordings.start(camera=online, by=people.by_name[who])
    with pytest.raises(error):
        recordings.stop(recording=running, by=people.by_name[who])
    with pytest.raises(error):
        recordings.delete(recording=ended, by=people.by_name[who])
    assert Recording.objects.count() == 2


@pytest.mark.parametrize("seconds", [0, -1, 3601])
def test_length_has_limits(online, people, seconds):
    with pytest.raises(Invalid) as told:
        recordings.start(camera=online, by=people.bob, seconds=seconds)

    assert list(told.value.extra["fields"]) == ["seconds"]


def test_offline_camera_is_not_recorded(online, people):
    go(online)

    with pytest.raises(Conflict) as told:
        recordings.start(camera=online, by=people.bob)

    assert told.value.code == "offline"


def test_camera_has_a_share_of_the_disk(online, people, settings):
    settings.DIGI_CAMERA_RECORDING_TOTAL = 1500
    recorded(online, people.bob)
    assert recordings.start(camera=online, by=people.bob).limit_bytes == 500
    recordings.stop(recording=Recording.objects.running().get(), by=people.bob)
    recorded(online, people.bob)

    with pytest.raises(Conflict) as told:
        recordings.start(camera=online, by=people.bob)

    assert told.value.code == "full"


def test_what_no_worker_has_begun_ends_at_once_and_says_so(online, people):
    recording = recordings.start(camera=online, by=people.bob)

    stopped = recordings.stop(recording=recording, by=people.carol)

    assert (stopped.state, stopped.error) == (RecordingState.FAILED, Trouble.NO_PICTURE)
    assert stopped.ended_at is not None
    assert recordings.stop(recording=stopped, by=people.carol).ended_at == stopped.ended_at
    assert AuditEvent.objects.filter(action="camera.recording.stopped").count() == 1


def test_claimed_recording_is_asked_to_end(online, people):
    recording = recordings.start(camera=online, by=people.bob)
    (mine,) = taking.claim(most=5)

    assert not taking.standing(recording=mine).stop
    recordings.stop(recording=recording, by=people.bob)

    standing = taking.standing(recording=mine)
    assert (standing.mine, standing.stop, standing.retired) == (True, True, False)
    assert Recording.objects.get().ended_at is None


def test_claimed_recording_is_nobody_elses_until_its_lease_ends(online, people):
    recordings.start(camera=online, by=people.bob)
    (mine,) = taking.claim(most=5)

    assert taking.claim(most=5) == []
    Recording.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    (theirs,) = taking.claim(most=5)

    assert not taking.standing(recording=mine).mine
    taking.end(recording=mine)
    taking.renew(recording=mine, size=7, seconds=7)
    assert Recording.objects.values_list("ended_at", "bytes", "claim").get() == (None, 0, theirs.claim)


def test_worker_takes_as_many_as_it_may(online, people):
    recordings.start(camera=online, by=people.bob)

    assert taking.claim(most=0) == []
    assert len(taking.claim(most=1)) == 1


def test_running_recording_is_not_deleted(online, people):
    recording = recordings.start(camera=online, by=people.bob)

    with pytest.raises(Conflict) as told:
        recordings.delete(recording=recording, by=people.bob)

    assert told.value.code == "running"


def test_deleted_recording_takes_its_files_along(online, people, django_capture_on_commit_callbacks):
    recording = recorded(online, people.bob)
    path = path_of(recording.parts.get().file)
    assert path.exists()

    with django_capture_on_commit_callbacks(execute=True):
        recordings.delete(recording=recording, by=people.bob)

    assert not path.exists()
    assert not StoredFile.objects.exists()
    assert AuditEvent.objects.filter(action="camera.recording.deleted").count() == 1
    with pytest.raises(ObjectDoesNotExist):
        recording.refresh_from_db()


def test_old_recordings_are_swept(online, people, settings):
    settings.DIGI_CAMERA_RECORDING_DAYS = 30
    recorded(online, people.bob, ago=timedelta(days=31))
    kept = recorded(online, people.bob, ago=timedelta(days=29))
    running = recordings.start(camera=online, by=people.bob)
    Recording.objects.filter(pk=running.pk).update(started_at=timezone.now() - timedelta(days=40))

    taking.sweep()

    assert set(Recording.objects.all()) == {kept, running}
    assert AuditEvent.objects.filter(action="camera.recording.deleted", actor=None).count() == 1


def test_retired_cameras_recordings_are_shown_to_nobody(online, people):
    recording = recorded(online, people.bob)
    assert recordings.find(uuid=recording.uuid, by=people.alice) == recording

    online.retired_at = timezone.now()
    online.save(update_fields=["retired_at"])

    for who in (people.alice, people.grace, people.root):
        with pytest.raises(NotFound):
            recordings.find(uuid=recording.uuid, by=who)
