"""Grace coordinates; Carol administers a camera, Bob operates it, Alice watches; Dave did once; Erin is outside."""

from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.utils import timezone
from PIL import Image

from camera import mp4, recorder
from camera.models import Camera, Recording, RecordingPart, RecordingState
from camera.services import cameras, grants, pictures, presets, taking, tokens
from camera.services import settings as camera_settings
from digi.accounts.models import Role
from digi.files.models import DOCUMENT
from digi.files.services import storage
from digi.worker import queue
from tests.camera.edges.lens import FPS, GOP, units
from tests.factories import AffiliationFactory, DepartmentFactory

ROLES = {"carol": "admin", "bob": "operator", "alice": "viewer"}


@pytest.fixture
def people(person):
    department = DepartmentFactory(name="Distributed Systems", slug="ds")
    found = {name: person(name) for name in ("alice", "bob", "carol", "dave", "erin", "grace")}
    found["root"] = person("head-of-it", is_staff=True, is_superuser=True)
    AffiliationFactory(user=found["grace"], department=department, role=Role.COORDINATOR)
    return SimpleNamespace(**found, department=department, by_name=found)


@pytest.fixture
def camera(people) -> Camera:
    """The lab's camera: no agent is here. Dave's grant was withdrawn."""
    made = cameras.create(by=people.grace, slug="lab-1", name="Lab 1", department=people.department, location="107")
    for name, role in ROLES.items():
        grants.give(camera=made, by=people.grace, user=people.by_name[name], role=role)
    former = grants.give(camera=made, by=people.grace, user=people.dave, role="operator")
    grants.withdraw(grant=former, by=people.grace)
    return made


@pytest.fixture
def online(camera) -> Camera:
    """Its agent is here and has sent a picture."""
    return come(camera)


@pytest.fixture
def world(online, people, queue_file):
    """The camera and something of everything that hangs on it."""
    camera_settings.change(camera=online, by=people.bob, patch={"contrast": 1.5})
    token, secret = tokens.issue(camera=online, by=people.carol)
    return SimpleNamespace(
        camera=online,
        preset=presets.save(camera=online, by=people.bob, name="Bright"),
        token=token,
        secret=secret,
        recording=recorded(online, people.bob),
        people=people.by_name,
    )


@pytest.fixture(scope="module")
def video(tmp_path_factory) -> bytes:
    """A second that plays."""
    path = tmp_path_factory.mktemp("video") / "1.mp4"
    pictures = units(2 * GOP)
    file = mp4.FragmentedFile(path, pictures[0][0])
    for n, (unit, keyframe) in enumerate(pictures):
        file.add(unit, at=n / FPS, keyframe=keyframe)
    file.close()
    return path.read_bytes()


@pytest.fixture
def api(client_for):
    """A client of the API in a person's session: `api(alice)("get", "cameras/")`."""
    signed_in = {}

    def of(user):
        client = signed_in.setdefault(user.pk, client_for(user))

        def call(method: str, path: str, body=None, **headers):
            headers = {name.replace("_", "-"): value for name, value in headers.items()}
            return getattr(client, method)(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

        return call

    return of


@pytest.fixture
def queue_file(tmp_path, settings, monkeypatch):
    """A queue of this test's own."""
    settings.DIGI_QUEUE = tmp_path / "queue.sqlite3"
    queue.huey.cache_clear()
    queue._wake_up.cache_clear()
    monkeypatch.setattr(queue, "_coming", {})
    yield settings.DIGI_QUEUE
    queue.huey.cache_clear()
    queue._wake_up.cache_clear()


def come(camera: Camera, picture: bytes | None = None) -> Camera:
    now = timezone.now()
    Camera.objects.filter(pk=camera.pk).update(online_since=now, seen_at=now, offline_since=None)
    pictures.keep(camera.pk, picture or jpeg())
    camera.refresh_from_db()
    return camera


def go(camera: Camera) -> None:
    Camera.objects.filter(pk=camera.pk).update(online_since=None, offline_since=timezone.now(), offline_reason="left")


def jpeg(colour: str = "teal", size: tuple[int, int] = (640, 480)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def recorded(camera: Camera, by, content: bytes = b"0123456789" * 100, ago: timedelta = timedelta()) -> Recording:
    """A recording that has ended, of one part."""
    ended = timezone.now() - ago
    recording = Recording.objects.create(
        camera=camera,
        started_by=by,
        started_at=ended - timedelta(seconds=12),
        ended_at=ended,
        state=RecordingState.DONE,
        limit_seconds=60,
        limit_bytes=10**9,
        bytes=len(content),
        seconds=10,
    )
    file = storage.store(owner=by, purpose=DOCUMENT, name="lab-1.mp4", media_type="video/mp4", content=content)
    RecordingPart.objects.create(recording=recording, n=1, file=file, width=640, height=480, seconds=10)
    return recording


def written(camera: Camera, by, content: bytes) -> RecordingPart:
    """A part that a worker has written to its end, and not brought to its place yet."""
    Recording.objects.create(
        camera=camera,
        started_by=by,
        started_at=timezone.now() - timedelta(seconds=5),
        limit_seconds=60,
        limit_bytes=10**9,
    )
    (recording,) = taking.claim(most=1)
    part = taking.begin_part(recording=recording, width=640, height=480)
    part.draft.write_bytes(content)
    return part


def record() -> tuple[str, str]:
    """A worker's time with the recording: its state and its trouble afterwards."""
    (recording,) = taking.claim(most=1)
    recorder.record(recording)
    return Recording.objects.values_list("state", "error").get()
