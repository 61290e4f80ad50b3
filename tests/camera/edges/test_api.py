"""The API of cameras: what it says, what it changes, and how it refuses."""

import pytest

from camera.models import Camera, Grant, Preset, Recording
from camera.services import recordings, tokens
from digi.accounts.services import tokens as account_tokens
from tests.camera.edges.conftest import recorded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queue_file")]

ONE = "cameras/lab-1/"


def test_camera_is_shown_with_ones_role(online, people, api):
    told = api(people.bob)("get", ONE).json()

    assert told | {"id": 0, "created_at": 0, "online_since": 0} == {
        "id": 0,
        "slug": "lab-1",
        "name": "Lab 1",
        "location": "107",
        "department": "ds",
        "visibility": "granted",
        "role": "operator",
        "online": True,
        "online_since": 0,
        "offline_since": None,
        "offline_reason": "",
        "revision": 1,
        "recording": False,
        "created_at": 0,
        "socket": "/ws/camera/lab-1/",
    }
    recordings.start(camera=online, by=people.bob)
    assert api(people.alice)("get", "cameras/").json()["results"][0]["recording"] is True


def test_coordinator_makes_renames_and_retires_a_camera(people, api):
    call = api(people.grace)
    made = call("post", "cameras/", {"slug": "roof", "name": "Roof", "department": "ds", "visibility": "everyone"})
    assert (made.status_code, made.json()["role"]) == (201, "admin")

    changed = call("patch", "cameras/roof/", {"location": "On top", "visibility": "department"})
    assert (changed.json()["location"], changed.json()["name"]) == ("On top", "Roof")
    assert api(people.erin)("get", "cameras/roof/").status_code == 404

    assert call("delete", "cameras/roof/").status_code == 204
    assert call("get", "cameras/roof/").status_code == 404
    assert Camera.objects.get(slug="roof").retired_at is not None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"slug": "Not A Slug", "name": "X", "department": "ds"}, 400),
        ({"slug": "lab-1", "name": "X", "department": "ds"}, 409),
        ({"slug": "x", "department": "ds"}, 400),
        ({"slug": "x", "name": "X", "department": "elsewhere"}, 403),
        ({"slug": "x", "name": "X"}, 403),
    ],
)
def test_camera_that_cannot_be_made_is_a_problem(camera, people, api, body, status):
    answer = api(people.grace)("post", "cameras/", body)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_settings_are_changed_at_the_revision_that_was_seen(camera, people, api):
    call = api(people.bob)
    seen = call("get", f"{ONE}settings/")
    assert seen.headers["ETag"] == '"1"'

    changed = call("patch", f"{ONE}settings/", {"contrast": 1.5, "resolution": "1280x720"}, if_match='"1"')

    assert changed.headers["ETag"] == '"2"'
    told = changed.json()
    assert (told["desired"]["contrast"], told["desired"]["width"], told["desired"]["height"]) == (1.5, 1280, 720)
    assert (told["revision"], told["acked_revision"], told["waiting"], told["changed_by"]) == (2, 0, True, "bob")


@pytest.mark.parametrize("way", ["header", "body"])
def test_stale_revision_is_told_what_differs(camera, people, api, way):
    api(people.carol)("patch", f"{ONE}settings/", {"brightness": 7})
    headers = {"if_match": '"1"'} if way == "header" else {}
    body = {"contrast": 2} | ({"if_revision": 1} if way == "body" else {})

    answer = api(people.bob)("patch", f"{ONE}settings/", body, **headers)

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert answer.json()["fields"] == {"brightness": 7}
    assert (answer.json()["current"]["contrast"], answer.json()["revision"]) == (1, 2)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"contrast": 9}, "contrast"),
        ({"resolution": "1x1"}, "resolution"),
        ({"resolution": "wide"}, "resolution"),
        ({"focus": 3}, "focus"),
        ({"zoom": 3}, "zoom"),
        ({"fps": "many"}, "fps"),
        ({"codec": "vp9"}, "codec"),
    ],
)
def test_wrong_setting_is_named(camera, people, api, body, field):
    answer = api(people.bob)("patch", f"{ONE}settings/", body)

    assert answer.status_code == 400
    assert list(answer.json().get("errors") or answer.json()["fields"]) == [field]


def test_reset_undo_and_history(camera, people, api):
    call = api(people.bob)
    call("patch", f"{ONE}settings/", {"contrast": 2})
    call("patch", f"{ONE}settings/", {"brightness": 5})

    assert call("post", f"{ONE}history/2/undo/").json()["desired"]["contrast"] == 1
    assert call("post", f"{ONE}settings/reset/", if_match='"4"').json()["desired"]["brightness"] == 0
    assert call("post", f"{ONE}settings/reset/", if_match='"4"').status_code == 409
    assert call("post", f"{ONE}history/99/undo/").status_code == 404

    page = api(people.alice)("get", f"{ONE}history/?limit=3").json()
    assert [(one["revision"], one["origin"], one["by"]) for one in page["results"]] == [
        (5, "reset", "bob"),
        (4, "undo", "bob"),
        (3, "api", "bob"),
    ]
    rest = api(people.alice)("get", f"{ONE}history/?before={page['next']}").json()
    assert (rest["next"], rest["results"][0]["after"], rest["results"][0]["before"]) == (
        None,
        {"contrast": 2},
        {"contrast": 1},
    )


def test_presets_are_kept_applied_and_deleted(camera, people, api):
    call = api(people.bob)
    call("patch", f"{ONE}settings/", {"contrast": 2})
    kept = call("post", f"{ONE}presets/", {"name": "Bright"})
    assert (kept.status_code, kept.json()["settings"]["contrast"]) == (201, 2)
    call("post", f"{ONE}settings/reset/")

    there = f"{ONE}presets/{kept.json()['id']}/"
    assert call("post", f"{there}apply/").json()["desired"]["contrast"] == 2
    assert [one["name"] for one in api(people.alice)("get", f"{ONE}presets/").json()["results"]] == ["Bright"]
    assert call("delete", there).status_code == 204
    assert not Preset.objects.exists()


def test_capabilities_are_told(camera, people, api):
    told = api(people.alice)("get", f"{ONE}capabilities/").json()

    assert told == camera.capabilities


def test_roles_are_given_and_taken(camera, people, api):
    call = api(people.carol)
    given = call("put", f"{ONE}grants/erin/", {"role": "viewer"})
    assert (given.status_code, given.json()["person"]["user"], given.json()["granted_by"]) == (200, "erin", "carol")
    assert call("put", f"{ONE}grants/erin/", {"role": "operator"}).json()["role"] == "operator"
    assert [one["person"]["user"] for one in call("get", f"{ONE}grants/").json()["results"]] == [
        "alice",
        "bob",
        "carol",
        "erin",
    ]
    assert call("delete", f"{ONE}grants/erin/").status_code == 204
    assert call("delete", f"{ONE}grants/erin/").status_code == 404
    assert call("put", f"{ONE}grants/nobody/", {"role": "viewer"}).status_code == 404
    assert call("put", f"{ONE}grants/erin/", {"role": "king"}).status_code == 400
    assert Grant.objects.count() == 3


def test_token_is_shown_once_and_revoked(camera, people, api):
    call = api(people.carol)
    made = call("post", f"{ONE}tokens/")
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    secret = made.json()["secret"]
    assert tokens.find([secret]) != [None]

    listed = call("get", f"{ONE}tokens/")
    assert secret not in listed.content.decode()
    assert listed.json()["results"][0]["hint"] == secret[:10]
    replaced = call("post", f"{ONE}tokens/rotate/").json()
    assert tokens.find([secret]) == [None]
    assert call("delete", f"{ONE}tokens/{replaced['id']}/").status_code == 204
    assert tokens.find([replaced["secret"]]) == [None]


def test_recording_is_started_once_stopped_and_deleted(online, people, api):
    call = api(people.bob)
    made = call("post", f"{ONE}recordings/", {"seconds": 60})
    again = call("post", f"{ONE}recordings/", {})
    assert (made.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == made.json()["id"]
    there = f"{ONE}recordings/{made.json()['id']}/"
    assert (made.json()["state"], made.json()["limit_seconds"], made.json()["parts"]) == ("waiting", 60, [])
    assert call("delete", there).json()["code"] == "running"

    stopped = call("post", f"{there}stop/").json()

    assert (stopped["state"], stopped["error"]) == ("failed", "no_picture")
    assert stopped["error_text"] == "No picture came."
    assert call("delete", there).status_code == 204
    assert not Recording.objects.exists()


def test_part_of_a_recording_is_fetched_in_ranges(online, people, api):
    recording = recorded(online, people.bob)
    call = api(people.alice)
    (part,) = call("get", f"{ONE}recordings/{recording.uuid}/").json()["parts"]
    there = part["url"].removeprefix("/api/v1/")

    whole = call("get", there)
    middle = call("get", there, range="bytes=10-14")

    assert whole.headers["Content-Type"] == "video/mp4"
    assert whole.headers["Cache-Control"] == "private, no-cache"
    assert b"".join(whole.streaming_content) == b"0123456789" * 100
    assert (middle.status_code, b"".join(middle.streaming_content)) == (206, b"01234")
    assert middle.headers["Content-Range"] == "bytes 10-14/1000"
    assert call("get", there, range="bytes=2000-").status_code == 416
    assert call("get", there, if_none_match=whole.headers["ETag"]).status_code == 304
    assert call("get", f"{ONE}recordings/{recording.uuid}/parts/2/").status_code == 404


def test_recording_is_found_under_its_own_camera_alone(online, people, api):
    recording = recorded(online, people.bob)
    api(people.grace)("post", "cameras/", {"slug": "roof", "name": "Roof", "department": "ds"})

    assert api(people.grace)("get", f"cameras/roof/recordings/{recording.uuid}/").status_code == 404


def test_recordings_come_in_pages(online, people, api):
    made = [str(recorded(online, people.bob).uuid) for _ in range(3)]
    call = api(people.alice)

    first = call("get", f"{ONE}recordings/?limit=2").json()
    rest = call("get", f"{ONE}recordings/?limit=2&after={first['next']}").json()

    assert [one["id"] for one in [*first["results"], *rest["results"]]] == made[::-1]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("scopes", "read", "written"),
    [(["me:read"], 403, 403), (["cameras:read"], 200, 403), (["cameras:write"], 403, 200)],
)
def test_tokens_do_what_their_scopes_name(camera, people, client, scopes, read, written):
    _, token = account_tokens.create(user=people.bob, name="script", scopes=scopes)
    headers = {"authorization": f"Bearer {token}"}

    answers = (
        client.get(f"/api/v1/{ONE}settings/", headers=headers),
        client.patch(f"/api/v1/{ONE}settings/", {}, content_type="application/json", headers=headers),
    )

    assert [answer.status_code for answer in answers] == [read, written]
