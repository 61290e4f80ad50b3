"""Presets, reset and undo, by forms."""

import pytest

from camera.models import Preset
from camera.services import cameras, presets, settings

pytestmark = pytest.mark.django_db


def test_preset_is_kept_applied_and_deleted(client_for, bob, camera):
    client = client_for(bob)
    settings.change(camera=camera, by=bob, patch={"contrast": 1.5})
    client.post("/camera/default/act/", {"act": "save", "name": "Lecture"})
    preset = Preset.objects.get(camera=camera)
    client.post("/camera/default/act/", {"act": "reset"})
    camera.refresh_from_db()
    neutral = camera.desired["contrast"]

    client.post("/camera/default/act/", {"act": "apply", "preset": str(preset.uuid)})
    camera.refresh_from_db()
    client.post("/camera/default/act/", {"act": "delete", "preset": str(preset.uuid)})

    assert (preset.name, neutral, camera.desired["contrast"]) == ("Lecture", 1, 1.5)
    assert not Preset.objects.exists()


def test_preset_of_another_camera_is_not_found(client_for, bob, camera):
    other = cameras.create(by=None, slug="lab", name="Lab")
    preset = presets.save(camera=other, by=None, name="Theirs")

    response = client_for(bob).post("/camera/default/act/", {"act": "apply", "preset": str(preset.uuid)})

    assert response.status_code == 404
    assert client_for(bob).post("/camera/default/act/", {"act": "apply", "preset": "1"}).status_code == 404


def test_last_change_is_undone_and_script_is_answered_without_a_page(client_for, bob, camera):
    settings.change(camera=camera, by=bob, patch={"contrast": 1.5})

    response = client_for(bob).post("/camera/default/act/", {"act": "undo"}, headers={"accept": "application/json"})

    camera.refresh_from_db()
    assert (response.status_code, camera.desired["contrast"]) == (204, 1)


def test_script_is_told_what_went_wrong(client_for, bob, camera):
    response = client_for(bob).post(
        "/camera/default/recordings/record/", {"act": "start"}, headers={"accept": "application/json"}
    )

    assert (response.status_code, response.json()["code"]) == (409, "offline")
