"""The page of a camera and its form, as a browser without scripts sees them."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from camera.models import Camera, Change
from camera.services import recordings, settings
from tests.chat.reading import words

pytestmark = pytest.mark.django_db
STATIC = Path(__file__).parents[3] / "static"


def test_page_shows_controls_from_the_capabilities_with_units(client_for, bob, camera):
    able = camera.capabilities | {"ranges": {"contrast": camera.capabilities["ranges"]["contrast"]}, "switches": {}}
    Camera.objects.filter(pk=camera.pk).update(capabilities=able)

    page = client_for(bob).get("/camera/default/").content.decode()

    assert set(re.findall(r'data-setting="(\w+)"', page)) == {"resolution", "contrast"}
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


def test_recording_begins_and_ends_by_one_button(client_for, bob, on_air):
    client = client_for(bob)

    client.post("/camera/default/recordings/record/", {"act": "start", "next": "page"})
    running = words(client.get("/camera/default/recordings/"))
    client.post("/camera/default/recordings/record/", {"act": "stop"})

    assert "Stop" in running
    assert recordings.current(camera=on_air) is None


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
