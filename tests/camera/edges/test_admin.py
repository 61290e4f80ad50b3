"""Cameras in the admin: made, renamed, retired; grants and tokens given up; history looked at; secrets never shown."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from camera.models import AgentToken, Camera, Change, Grant, Preset, Recording
from camera.services import cameras, recordings
from digi.audit.models import AuditEvent
from tests.admin import typed_into
from tests.camera.edges.conftest import recorded
from tests.camera.edges.test_api_lists import grow

pytestmark = pytest.mark.django_db

MODELS = (Camera, Grant, AgentToken, Change, Preset, Recording)


@pytest.fixture
def office(people, client_for):
    return client_for(people.root)


def url(model, view: str, *arguments) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=arguments)


def rows() -> dict:
    """What Django asks of a form with rows beneath it."""
    kinds = ("grants", "tokens")
    return {f"{kind}-{part}": 0 for kind in kinds for part in ("TOTAL_FORMS", "INITIAL_FORMS")}


def test_camera_is_made_and_renamed_by_services(office, people):
    form = {"name": "Roof", "slug": "roof", "department": people.department.pk, "visibility": "granted"}
    office.post(url(Camera, "add"), form | {"location": ""} | rows())
    made = Camera.objects.get()
    assert (made.slug, made.created_by) == ("roof", people.root)

    change = {"name": "Roof east", "location": "On top", "visibility": "department"} | rows()
    office.post(url(Camera, "change", made.pk), change)

    made.refresh_from_db()
    assert (made.name, made.location, made.visibility, made.head) == ("Roof east", "On top", "department", 2)
    actions = list(AuditEvent.objects.order_by("n").values_list("action", flat=True))
    assert [one for one in actions if one.startswith(("camera.", "admin."))] == [
        "camera.created",
        "admin.added",
        "camera.changed",
        "admin.changed",
    ]


def test_old_page_gives_nothing_back(office, people, camera):
    """Opened before somebody else showed the camera to all, and sent afterwards for its place."""
    fields = typed_into(office.get(url(Camera, "change", camera.pk)))
    cameras.rename(camera=camera, by=people.root, visibility="department")
    assert fields["visibility"] == "granted"

    office.post(url(Camera, "change", camera.pk), fields | {"location": "Cellar"} | rows())

    camera.refresh_from_db()
    assert (camera.location, camera.visibility) == ("Cellar", "department")


def test_what_the_service_refuses_is_said_above_the_form(office, people, camera):
    form = {"name": "Roof", "slug": "new", "department": "", "visibility": "granted", "location": ""}

    answer = office.post(url(Camera, "add"), form | rows(), follow=True)

    assert "small letters" in answer.content.decode()
    assert Camera.objects.count() == 1


def test_opening_a_camera_is_audited_and_shows_no_digest(office, world):
    page = office.get(url(Camera, "change", world.camera.pk)).content.decode()

    assert world.token.hint in page
    assert world.token.digest not in page
    assert world.secret not in page
    assert AuditEvent.objects.filter(action="camera.viewed").count() == 1


def test_actions_go_by_services(office, world, django_capture_on_commit_callbacks):
    running = recordings.start(camera=world.camera, by=world.people["bob"])
    for model, row, action in (
        (Grant, world.camera.grants.get(user=world.people["alice"]), "withdraw"),
        (AgentToken, world.token, "revoke"),
        (Recording, world.recording, "discard"),
        (Recording, running, "discard"),
        (Camera, world.camera, "retire"),
    ):
        with django_capture_on_commit_callbacks(execute=True):
            office.post(url(model, "changelist"), {"action": action, "_selected_action": [row.pk]})

    assert not Grant.objects.filter(user=world.people["alice"]).exists()
    assert AgentToken.objects.get().revoked_at is not None
    assert list(Recording.objects.all()) == [running]
    assert Camera.objects.get().retired_at is not None
    done = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"camera.withdrawn", "camera.token.revoked", "camera.recording.deleted", "camera.retired"} <= done


def test_nothing_is_added_changed_or_deleted_but_cameras(office, world):
    for model, row in (
        (Grant, world.camera.grants.first()),
        (AgentToken, world.token),
        (Change, Change.objects.get()),
        (Preset, world.preset),
        (Recording, world.recording),
    ):
        assert office.get(url(model, "add")).status_code == 403
        assert office.post(url(model, "change", row.pk), {"name": "x"}).status_code == 403
        assert office.get(url(model, "delete", row.pk)).status_code == 403
    assert office.get(url(Camera, "delete", world.camera.pk)).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_others_see_no_page(world, person, client_for, model):
    clerk = person("clerk", is_staff=True)
    outsiders = (clerk, world.people["erin"], world.people["dave"], world.people["carol"])

    for who in outsiders:
        assert client_for(who).get(url(model, "changelist"), follow=True).status_code == 403


def test_right_to_look_is_no_right_to_act(world, person, client_for):
    clerk = person("clerk", is_staff=True)
    looks = [f"view_{model._meta.model_name}" for model in MODELS]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=looks))
    client = client_for(clerk)

    for model, row, action in (
        (Grant, world.camera.grants.first(), "withdraw"),
        (AgentToken, world.token, "revoke"),
        (Recording, world.recording, "discard"),
        (Camera, world.camera, "retire"),
    ):
        assert client.get(url(model, "changelist")).status_code == 200
        client.post(url(model, "changelist"), {"action": action, "_selected_action": [row.pk]})

    assert (Grant.objects.count(), Recording.objects.count()) == (3, 1)
    assert AgentToken.objects.get().revoked_at is None
    assert Camera.objects.get().retired_at is None


def test_lists_and_pages_take_the_same_queries_for_one_row_and_three(office, camera, people, person):
    counted = []
    for numbers in (range(1), range(1, 3)):
        for n in numbers:
            grow(camera, people, person, n)
        counts = {}
        for model in MODELS:
            for there in (url(model, "changelist"), url(model, "change", model.objects.order_by("pk").first().pk)):
                assert office.get(there).status_code == 200
                with CaptureQueriesContext(connection) as captured:
                    office.get(there)
                counts[there] = len(captured)
        counted.append(counts)

    assert counted[0] == counted[1]


def test_recording_shows_its_parts(office, camera, people):
    recording = recorded(camera, people.bob)

    page = office.get(url(Recording, "change", recording.pk)).content.decode()

    assert "lab-1.mp4" in page
