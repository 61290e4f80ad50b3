"""The recorder in a real worker: a real server's pictures end up in files, whatever is killed meanwhile."""

import time

import av
import pytest

from camera import camera_pb2 as pb
from camera.models import Camera, Recording, RecordingState, Trouble
from camera.services import cameras, recordings, tokens
from digi.worker.services import jobs
from tests.camera.edges.lens import FPS, Lens
from tests.digi.worker.process import Worker
from tests.digi.worker.tasks import note
from tests.files import path_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


def until(holds, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


@pytest.fixture
def served(start_server, camera, people, queue_file):
    """A server of this test's own, and the token of the camera's agent."""
    server = start_server()
    server.token = tokens.issue(camera=camera, by=people.carol)[1]
    return server


@pytest.fixture
def lens(served, camera):
    with Lens(served.socket_url, served.token, camera.slug) as lens:
        until(lambda: Camera.objects.get(pk=camera.pk).is_online)
        yield lens


@pytest.fixture
def worker(served, queue_file):
    with Worker(queue=queue_file, DIGI_INTERNAL_URL=served.url) as worker:
        yield worker


def present() -> Recording:
    return Recording.objects.prefetch_related("parts__file").get()


def holds(seconds: float) -> bool:
    return present().seconds >= seconds


def second_goes_on() -> None:
    """Wait until the second of two parts holds a second."""
    first = present().parts.all()[0]
    until(lambda: holds(first.seconds + 1))


def pictures(part) -> list[tuple[int, int]]:
    """The size of each picture of a part, decoded."""
    with av.open(str(path_of(part.file))) as file:
        return [(frame.width, frame.height) for frame in file.decode(video=0)]


def test_recording_is_what_the_camera_showed(lens, worker, camera, people):
    recordings.start(camera=camera, by=people.bob)

    until(lambda: holds(2))
    assert present().state == RecordingState.RECORDING
    recordings.stop(recording=present(), by=people.bob)
    until(lambda: present().ended_at is not None)

    recording = present()
    assert (recording.state, recording.error) == (RecordingState.DONE, "")
    (part,) = recording.parts.all()
    shown = pictures(part)
    assert set(shown) == {(320, 240)}
    assert 0.5 < len(shown) / (part.seconds * FPS) < 1.25  # what a slow machine cannot keep up with is left out
    assert recording.bytes == part.file.size > 2000
    assert recording.seconds == part.seconds
    assert not recording.folder.exists()
    took = (recording.ended_at - recording.started_at).total_seconds()
    assert 2 <= recording.seconds <= took + 1


def test_another_size_begins_another_part(lens, worker, camera, people):
    recordings.start(camera=camera, by=people.bob)
    until(lambda: holds(1))

    lens.size = (160, 120)
    until(lambda: present().parts.count() == 2)
    second_goes_on()
    recordings.stop(recording=present(), by=people.bob)
    until(lambda: present().ended_at is not None)

    first, second = present().parts.all()
    assert set(pictures(first)) == {(320, 240)} == {(first.width, first.height)}
    assert set(pictures(second)) == {(160, 120)} == {(second.width, second.height)}
    assert present().seconds == pytest.approx(first.seconds + second.seconds)


def test_recording_ends_by_itself_after_its_seconds_and_lets_others_be_recorded(lens, worker, camera, people):
    recordings.start(camera=camera, by=people.bob, seconds=5)

    until(lambda: present().ended_at is not None)

    recording = present()
    took = (recording.ended_at - recording.started_at).total_seconds()
    assert recording.state == RecordingState.DONE
    assert 0 < recording.seconds <= took + 1
    assert took >= 5
    assert not camera.recordings.running().exists()


def test_recording_ends_at_its_bytes_and_says_so(lens, worker, camera, people, settings):
    settings.DIGI_CAMERA_RECORDING_BYTES = 4000
    recordings.start(camera=camera, by=people.bob)

    until(lambda: present().ended_at is not None)

    recording = present()
    assert (recording.state, recording.error) == (RecordingState.DONE, Trouble.FULL)
    assert recording.bytes < 4000 + 3000  # the boxes around the pictures come on top


def test_killed_worker_leaves_what_it_had_and_the_next_goes_on(lens, served, queue_file, camera, people):
    worker = Worker(queue=queue_file, DIGI_INTERNAL_URL=served.url).start()
    recordings.start(camera=camera, by=people.bob)
    until(lambda: holds(2))

    worker.kill()
    assert present().state == RecordingState.RECORDING
    with worker:
        until(lambda: present().parts.count() == 2)
        second_goes_on()
        recordings.stop(recording=present(), by=people.bob)
        until(lambda: present().ended_at is not None)

    first, second = present().parts.all()
    assert present().state == RecordingState.DONE
    assert len(pictures(first)) >= FPS // 2  # two seconds; a slow lens shows fewer
    assert len(pictures(second)) >= FPS // 2


def test_worker_that_ends_closes_its_file_and_lets_go(lens, worker, camera, people):
    recordings.start(camera=camera, by=people.bob)
    until(lambda: holds(1))

    worker.stop()

    recording = present()
    assert (recording.ended_at, recording.claim) == (None, None)
    assert len(pictures(recording.parts.get())) >= FPS // 2


def test_recording_survives_a_restart_of_the_server(served, worker, camera, people):
    with Lens(served.socket_url, served.token, camera.slug):
        until(lambda: Camera.objects.get(pk=camera.pk).is_online)
        recordings.start(camera=camera, by=people.bob)
        until(lambda: holds(1))
        served.stop()
    served.start()
    with Lens(served.socket_url, served.token, camera.slug):
        before = present().seconds
        until(lambda: present().seconds > before + 2)
        recordings.stop(recording=present(), by=people.bob)
        until(lambda: present().ended_at is not None)

    parts = present().parts.all()
    assert present().state == RecordingState.DONE
    assert len(parts) <= 2  # the same size: the same file, with a pause in it, unless that lasted too long
    assert all(pictures(part) for part in parts)


def test_other_duties_run_while_a_camera_is_recorded(lens, worker, camera, people, tmp_path):
    recordings.start(camera=camera, by=people.bob)
    until(lambda: holds(1))

    for n in range(4):  # more than the worker has threads
        jobs.later(note, path=str(tmp_path / "notes"), text=str(n))

    until(lambda: (tmp_path / "notes").exists() and len((tmp_path / "notes").read_text().split()) == 4)
    assert present().ended_at is None


def test_camera_without_h264_fails_and_says_why(served, worker, camera, people):
    with Lens(served.socket_url, served.token, camera.slug, codec=pb.CODEC_JPEG):
        until(lambda: Camera.objects.get(pk=camera.pk).is_online)
        recordings.start(camera=camera, by=people.bob)
        until(lambda: present().ended_at is not None)

    assert (present().state, present().error) == (RecordingState.FAILED, Trouble.NO_H264)
    assert present().parts.count() == 0


def test_full_disk_ends_the_recording_and_its_page_says_why(lens, served, queue_file, camera, people):
    recordings.start(camera=camera, by=people.bob)
    present().folder.mkdir(parents=True)
    (present().folder / "1.mp4").symlink_to("/dev/full")

    with Worker(queue=queue_file, DIGI_INTERNAL_URL=served.url):
        until(lambda: present().ended_at is not None)

    assert (present().state, present().error) == (RecordingState.FAILED, Trouble.DISK)
    assert not present().folder.exists()


def test_retired_camera_is_recorded_no_more(lens, worker, camera, people):
    recordings.start(camera=camera, by=people.bob)
    until(lambda: holds(1))

    cameras.retire(camera=camera, by=people.carol)
    until(lambda: present().ended_at is not None)

    assert (present().state, present().error) == (RecordingState.DONE, Trouble.RETIRED)
    assert present().seconds >= 1
