"""What Prometheus is told of cameras, and whom it is told."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from camera import camera_pb2 as pb
from camera import messages
from camera.models import Camera
from camera.services import cameras, measures
from digi.accounts.services import tokens
from tests.camera.edges.conftest import go, recorded

pytestmark = pytest.mark.django_db

SAID = pb.Stats(fps=29.5, bitrate_bps=1_400_000, frames=900, dropped=3, viewers=2, encode_ms=4)


@pytest.fixture
def read(people, client_for):
    """What `/metrics` tells of cameras, by name and labels."""

    def ask() -> dict[tuple, float]:
        answer = client_for(people.root).get("/metrics")
        assert answer.status_code == 200, answer.content
        assert answer.headers["Cache-Control"] == "no-store"
        families = text_string_to_metric_families(answer.content.decode())
        told = (sample for family in families for sample in family.samples if sample.name.startswith("digi_camera_"))
        return {(one.name, *one.labels.values()): one.value for one in told}

    return ask


def test_cameras_numbers_are_told(online, people, read):
    measures.keep([(online.pk, messages.measures(SAID))])
    measures.drop([(online.pk, 4)])
    measures.drop([(online.pk, 3)])
    recorded(online, people.bob)
    changed = timezone.now() - timedelta(seconds=60)
    acked = changed + timedelta(milliseconds=80)
    Camera.objects.update(changed_at=changed, acked_at=acked, acked_revision=1)

    told = read()

    assert told == {
        ("digi_camera_online", "lab-1"): 1,
        ("digi_camera_fps", "lab-1"): 29.5,
        ("digi_camera_bits_per_second", "lab-1"): 1_400_000,
        ("digi_camera_viewers", "lab-1"): 2,
        ("digi_camera_encode_seconds", "lab-1"): 0.004,
        ("digi_camera_frames_total", "lab-1"): 900,
        ("digi_camera_dropped_frames_total", "lab-1", "agent"): 3,
        ("digi_camera_dropped_frames_total", "lab-1", "viewers"): 7,
        ("digi_camera_ack_seconds", "lab-1"): 0.08,
        ("digi_camera_ack_overdue", "lab-1"): 0,
        ("digi_camera_recordings", "waiting"): 0,
        ("digi_camera_recordings", "recording"): 0,
        ("digi_camera_recordings", "done"): 1,
        ("digi_camera_recordings", "failed"): 0,
        ("digi_camera_recordings_bytes",): 1000,
    }


def test_offline_camera_has_no_rate_and_a_late_answer_is_told(online, read):
    measures.keep([(online.pk, messages.measures(SAID))])
    Camera.objects.update(revision=2, changed_at=timezone.now() - timedelta(seconds=6))
    assert read()["digi_camera_ack_overdue", "lab-1"] == 1

    go(online)

    told = read()
    assert told["digi_camera_online", "lab-1"] == 0
    assert ("digi_camera_fps", "lab-1") not in told
    assert ("digi_camera_ack_seconds", "lab-1") not in told


def test_what_is_no_number_is_told_as_none():
    assert messages.measures(pb.Stats(fps=float("nan"), encode_ms=float("inf")))["fps"] == 0


def test_numbers_are_for_administrators_alone(camera, people, client_for, client):
    for who in (people.erin, people.dave, people.carol, people.grace):
        assert client_for(who).get("/metrics").status_code == 403
    assert client.get("/metrics").status_code == 401


@pytest.mark.parametrize(
    ("who", "scopes", "status"),
    [("root", ["metrics:read"], 200), ("root", ["cameras:read"], 403), ("carol", ["metrics:read"], 403)],
)
def test_prometheus_comes_with_a_token(camera, people, client, who, scopes, status):
    _, token = tokens.create(user=people.by_name[who], name="prometheus", scopes=scopes)
    headers = {"authorization": f"Bearer {token}", "accept": "application/openmetrics-text;version=1.0.0"}

    assert client.get("/metrics", headers=headers).status_code == status


def test_cost_is_the_same_for_one_camera_and_three(camera, people, read):
    def cost() -> int:
        read()
        with CaptureQueriesContext(connection) as queries:
            read()
        return len(queries)

    one = cost()
    for name in ("second", "third"):
        cameras.create(by=None, slug=name, name=name)

    assert cost() == one
