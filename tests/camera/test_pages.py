"""The pages of cameras as a browser without scripts sees them."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from camera.models import Camera, Change, Preset
from camera.services import agents, cameras, grants, pictures, presets, recordings, settings, tokens
from tests.chat.reading import words

pytestmark = pytest.mark.django_db
STATIC = Path(__file__).parents[2] / "static"
JPEG = bytes.fromhex("ffd8ffe0")  # is not decoded where it is only handed on


@pytest.fixture
def on_air(camera) -> Camera:
    """An agent publishes."""
    token, _secret = tokens.issue(camera=camera, by=None)
    agents.arrive(camera=camera, token=token)
    camera.refresh_from_db()
    return camera


# The list.


def test_list_says_what_will_stand_there(client_for, erin, camera):
    response = client_for(erin).get("/camera/")

    assert "No camera yet" in words(response)
    assert "no-store" in response.headers["Cache-Control"]


def test_list_shows_who_is_on_air_and_since_when_and_why_others_are_not(client_for, carol, on_air):
    other = cameras.create(by=None, slug="lab", name="Lab 1.107", visibility="everyone")
    Camera.objects.filter(pk=other.pk).update(offline_since=timezone.now() - timedelta(hours=1), offline_reason="gone")

    text = words(client_for(carol).get("/camera/"))

    assert "1 of 2 on air" in text
    assert re.search(r"Demo camera Live", text)
    assert re.search(r"Lab 1.107 Offline since .*\d\d:\d\d Its agent has ended, or", text)


def test_list_asks_the_database_no_more_for_three_cameras_than_for_one(client_for, carol, camera):
    client = client_for(carol)
    client.get("/camera/")
    counts = []
    for slug in ("one", "two", "three"):
        cameras.create(by=None, slug=slug, name=slug, visibility="everyone")
        with CaptureQueriesContext(connection) as queries:
            client.get("/camera/")
        counts.append(len(queries))

    assert counts[0] == counts[2]


def test_thumbnail_is_missing_before_the_first_picture(client_for, carol, camera):
    assert client_for(carol).get("/camera/default/thumbnail.jpg").status_code == 404


def test_picture_is_the_present_one_as_a_file(client_for, carol, on_air):
    pictures.keep(on_air.pk, JPEG)

    response = client_for(carol).get("/camera/default/picture.jpg")

    assert (response.content, response.headers["Content-Type"]) == (JPEG, "image/jpeg")
    assert 'filename="default.jpg"' in response.headers["Content-Disposition"]


# The page and its form.


def test_page_shows_controls_from_the_capabilities_with_units(client_for, bob, camera):
    able = camera.capabilities | {"ranges": {"contrast": camera.capabilities["ranges"]["contrast"]}, "switches": {}}
    Camera.objects.filter(pk=camera.pk).update(capabilities=able)

    page = client_for(bob).get("/camera/default/").content.decode()

    assert set(re.findall(r'data-setting="(\w+)"', page)) == {"resolution", "contrast", "codec"}
    assert re.search(r'name="contrast" min="0" max="4" step="0.05" value="1(\.0)?"', page)
    assert "× 1.00" in page


def test_page_writes_values_for_machines_in_german_too(client_for, bob, camera):
    bob.language = "de"
    bob.save(update_fields=["language"])
    settings.change(camera=camera, by=bob, patch={"contrast": 1.25})

    page = client_for(bob).get("/camera/default/", headers={"accept-language": "de"}).content.decode()

    assert 'value="1.25"' in page
    assert "× 1,25" in page


def test_page_says_what_is_asked_and_what_is_done(client_for, bob, on_air):
    settings.change(camera=on_air, by=bob, patch={"contrast": 1.5, "fps": 60, "brightness": 10})
    applied = on_air.desired | {"contrast": 1.5, "fps": 25, "brightness": 0}
    outcomes = {
        "fps": {"outcome": "clamped", "reason": "the source gives no more"},
        "brightness": {"outcome": "rejected", "reason": "the source is fixed"},
    }
    settings.acknowledge(camera=on_air, revision=2, applied=applied, outcomes=outcomes)

    text = words(client_for(bob).get("/camera/default/"))

    assert "Camera gives 25: the source gives no more" in text
    assert "Refused: the source is fixed" in text
    assert "Applied" in text


def test_no_answer_in_five_seconds_is_a_time_out_and_no_success(client_for, bob, on_air):
    settings.acknowledge(camera=on_air, revision=1, applied=on_air.desired, outcomes={})
    settings.change(camera=on_air, by=bob, patch={"contrast": 1.5})
    early = words(client_for(bob).get("/camera/default/"))
    Camera.objects.filter(pk=on_air.pk).update(changed_at=timezone.now() - timedelta(seconds=6))

    late = words(client_for(bob).get("/camera/default/"))

    assert "Asked, camera still at × 1.00" in early
    assert "No answer for 5 s, camera last at × 1.00" in late


def test_viewer_sees_values_and_no_form(client_for, carol, camera):
    page = client_for(carol).get("/camera/default/").content.decode()

    assert 'id="settings"' not in page
    assert "1.50 Mb/s" in page


def test_form_sets_by_the_names_of_the_schema(client_for, bob, camera):
    sent = {"revision": "1", "brightness": "10", "contrast": "1.2", "bitrate_bps": "400000", "resolution": "1280x720"}

    response = client_for(bob).post("/camera/default/", sent)

    camera.refresh_from_db()
    assert (response.status_code, response.url) == (302, "/camera/default/")
    assert {key: camera.desired[key] for key in ("brightness", "contrast", "bitrate_bps", "width", "height")} == {
        "brightness": 10,
        "contrast": 1.2,
        "bitrate_bps": 400_000,
        "width": 1280,
        "height": 720,
    }
    assert Change.objects.get(camera=camera).origin == "form"


def test_form_tells_a_switch_that_is_off_from_one_that_was_not_shown(client_for, bob, camera):
    client = client_for(bob)
    client.post("/camera/default/", {"revision": "1", "switch": "overlay_clock", "overlay_clock": "on"})
    client.post("/camera/default/", {"revision": "2", "contrast": "1.1"})
    camera.refresh_from_db()
    kept = camera.desired["overlay_clock"]

    client.post("/camera/default/", {"revision": "3", "switch": "overlay_clock"})

    camera.refresh_from_db()
    assert (kept, camera.desired["overlay_clock"]) == (True, False)


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("contrast", "9", "between 0 and 4"),
        ("contrast", "bright", "This is a number."),
        ("contrast", "nan", "This is a number."),
        ("contrast", "inf", "This is a number."),
        ("fps", "2.5", "This is a whole number."),
        ("resolution", "wide", "A resolution reads 640x480."),
        ("resolution", "642x480", "640x480"),
        ("revision", "x", "Load the page again"),
    ],
)
def test_form_says_what_is_wrong_where_and_keeps_what_was_typed(client_for, bob, camera, name, typed, says):
    response = client_for(bob).post("/camera/default/", {"revision": "1", "brightness": "7", name: typed})

    page = response.content.decode()
    camera.refresh_from_db()
    assert (response.status_code, camera.revision) == (422, 1)
    assert says in words(response)
    assert re.search(r'name="brightness"[^>]* value="7"', page)
    assert name in ("resolution", "revision") or f'value="{typed}"' in page


def test_form_of_an_old_revision_shows_what_differs_and_keeps_what_was_typed(client_for, alice, bob, camera):
    settings.change(camera=camera, by=alice, patch={"contrast": 1.5, "brightness": 20})

    response = client_for(bob).post(
        "/camera/default/", {"revision": "1", "contrast": "2", "brightness": "0", "fps": "30", "resolution": "640x480"}
    )

    page, text = response.content.decode(), words(response)
    camera.refresh_from_db()
    assert (response.status_code, camera.revision) == (409, 2)
    assert "Alice changed this while you did." in text
    assert "Contrast: theirs × 1.50, yours × 2.00" in text
    assert "Brightness: now +20" in text
    assert re.search(r'name="contrast"[^>]* value="2', page)
    assert re.search(r'name="brightness"[^>]* value="20"', page)
    assert 'name="revision" value="2"' in page


def test_conflict_is_settled_by_applying_again(client_for, alice, bob, camera):
    settings.change(camera=camera, by=alice, patch={"contrast": 1.5, "brightness": 20})
    client = client_for(bob)
    client.post("/camera/default/", {"revision": "1", "contrast": "2"})

    client.post("/camera/default/", {"revision": "2", "contrast": "2", "brightness": "20"})

    camera.refresh_from_db()
    assert (camera.desired["contrast"], camera.desired["brightness"], camera.revision) == (2, 20, 3)


def test_form_without_the_token_of_its_page_sets_nothing(client_for, bob, camera):
    client = client_for(bob)
    client.handler.enforce_csrf_checks = True

    response = client.post("/camera/default/", {"revision": "1", "contrast": "2"})

    camera.refresh_from_db()
    assert (response.status_code, camera.revision) == (403, 1)


# Presets, reset, undo.


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


# History.


def test_history_tells_who_set_what_and_takes_it_back(client_for, alice, bob, camera):
    settings.change(camera=camera, by=alice, patch={"width": 1280, "height": 720})
    settings.change(camera=camera, by=bob, patch={"contrast": 1.5}, origin="form")
    client = client_for(bob)

    text = words(client.get("/camera/default/history/"))
    client.post("/camera/default/history/2/undo/")

    camera.refresh_from_db()
    assert "Bob Contrast: × 1.00 → × 1.50" in text
    assert "Alice Resolution: 640 × 480 → 1280 × 720" in text
    assert (camera.desired["width"], camera.desired["contrast"]) == (640, 1.5)


def test_history_asks_the_database_no_more_for_three_changes_than_for_one(client_for, bob, camera):
    client = client_for(bob)
    client.get("/camera/default/history/")
    counts = []
    for contrast in (1.1, 1.2, 1.3):
        settings.change(camera=camera, by=bob, patch={"contrast": contrast})
        with CaptureQueriesContext(connection) as queries:
            client.get("/camera/default/history/")
        counts.append(len(queries))

    assert counts[0] == counts[2]


# Making a camera, its token, its people.


def test_new_camera_shows_its_token_once_with_the_command(client_for, frank, camera, department):
    client = client_for(frank)
    sent = {"name": "Lab 1.107", "slug": "lab", "department": department.pk, "visibility": "department"}

    made = client.post("/camera/new/", sent)
    again = client.get("/camera/lab/token/")

    secret = re.search(r"dgc_[\w-]+", made.content.decode())[0]
    command = f"python -m camera.agent --server http://testserver/ --camera lab --token {secret} --source clock"
    assert command in made.content.decode()
    assert tokens.find([secret])[0].camera.slug == "lab"
    assert secret not in again.content.decode()
    assert "no-store" in made.headers["Cache-Control"]


def test_new_camera_of_a_taken_name_keeps_what_was_typed(client_for, frank, camera, department):
    sent = {"name": "Second", "slug": "default", "department": department.pk, "visibility": "granted"}

    response = client_for(frank).post("/camera/new/", sent)

    assert response.status_code == 422
    assert "There is a camera of this short name already." in words(response)
    assert 'value="Second"' in response.content.decode()


def test_renewed_token_ends_the_one_before(client_for, alice, camera, token):
    page = client_for(alice).post("/camera/default/token/").content.decode()

    fresh = re.search(r"dgc_[\w-]+", page)[0]
    assert [bool(found) for found in tokens.find([token, fresh])] == [False, True]


def test_role_is_given_and_withdrawn(client_for, alice, erin, camera):
    client = client_for(alice)

    client.post("/camera/default/people/", {"username": "Erin", "role": "viewer"})
    given = client_for(erin).get("/camera/default/").status_code
    grant = camera.grants.get(user=erin)
    client.post(f"/camera/default/people/{grant.pk}/withdraw/")

    assert (given, client_for(erin).get("/camera/default/").status_code) == (200, 404)


def test_role_for_nobody_says_so_and_keeps_the_name(client_for, alice, camera):
    response = client_for(alice).post("/camera/default/people/", {"username": "nobody", "role": "viewer"})

    assert response.status_code == 422
    assert "There is nobody of this name." in words(response)
    assert 'value="nobody"' in response.content.decode()


def test_people_ask_the_database_no_more_for_three_roles_than_for_one(client_for, person, alice, camera):
    client = client_for(alice)
    client.get("/camera/default/people/")
    counts = []
    for name in ("grace", "heidi", "ivan"):
        grants.give(camera=camera, by=None, user=person(name), role="viewer")
        with CaptureQueriesContext(connection) as queries:
            client.get("/camera/default/people/")
        counts.append(len(queries))

    assert counts[0] == counts[2]


def test_camera_is_renamed_and_retired(client_for, alice, camera):
    client = client_for(alice)

    client.post("/camera/default/rename/", {"name": "Aula", "location": "Ground floor", "visibility": "everyone"})
    shown = words(client.get("/camera/default/"))
    client.post("/camera/default/retire/")

    assert "Aula" in shown
    assert "Ground floor" in shown
    assert client.get("/camera/default/").status_code == 404


# Recordings.


def test_recording_begins_and_ends_by_one_button(client_for, bob, on_air):
    client = client_for(bob)

    client.post("/camera/default/recordings/record/", {"act": "start", "next": "page"})
    running = words(client.get("/camera/default/recordings/"))
    client.post("/camera/default/recordings/record/", {"act": "stop"})

    assert "Stop" in running
    assert recordings.current(camera=on_air) is None


# What the browser fetches.


def test_modules_are_all_that_the_script_imports(client_for, carol, camera):
    page = client_for(carol).get("/camera/default/").content.decode()
    preloaded = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', page)

    assert set(preloaded) == _imports("js/camera.js", set()) - {"js/camera.js"}
    assert len(preloaded) == len(set(preloaded))


def _imports(path, found):
    found.add(path)
    source = (STATIC / path).read_text()
    for target in re.findall(r'^(?:import|export)\s(?:[^"]*?from\s)?"(\.[^"]+)"', source, re.M):
        there = str((STATIC / path).parent.joinpath(target).resolve().relative_to(STATIC.resolve()))
        if there not in found:
            _imports(there, found)
    return found
