"""Who gets what from every address of a camera: outsider, former member, signed-out, other role."""

import pytest

from camera.models import Recording

pytestmark = pytest.mark.django_db

ONE = "cameras/lab-1/"
VIEWERS, OPERATORS, ADMINS = ("alice", "bob", "carol"), ("bob", "carol"), ("carol",)
ASKED = {
    ("get", ONE): VIEWERS,
    ("patch", ONE): ADMINS,
    ("get", f"{ONE}capabilities/"): VIEWERS,
    ("get", f"{ONE}settings/"): VIEWERS,
    ("patch", f"{ONE}settings/"): OPERATORS,
    ("post", f"{ONE}settings/reset/"): OPERATORS,
    ("get", f"{ONE}history/"): VIEWERS,
    ("post", f"{ONE}history/2/undo/"): OPERATORS,
    ("get", f"{ONE}presets/"): VIEWERS,
    ("post", f"{ONE}presets/"): OPERATORS,
    ("post", f"{ONE}presets/{{preset}}/apply/"): OPERATORS,
    ("delete", f"{ONE}presets/{{preset}}/"): OPERATORS,
    ("get", f"{ONE}grants/"): ADMINS,
    ("put", f"{ONE}grants/alice/"): ADMINS,
    ("delete", f"{ONE}grants/bob/"): ADMINS,
    ("get", f"{ONE}tokens/"): ADMINS,
    ("post", f"{ONE}tokens/"): ADMINS,
    ("post", f"{ONE}tokens/rotate/"): ADMINS,
    ("delete", f"{ONE}tokens/{{token}}/"): ADMINS,
    ("get", f"{ONE}recordings/"): VIEWERS,
    ("post", f"{ONE}recordings/"): OPERATORS,
    ("get", f"{ONE}recordings/{{recording}}/"): VIEWERS,
    ("get", f"{ONE}recordings/{{recording}}/parts/1/"): VIEWERS,
    ("post", f"{ONE}recordings/{{recording}}/stop/"): OPERATORS,
    ("delete", f"{ONE}recordings/{{recording}}/"): OPERATORS,
    ("get", f"{ONE}snapshot.jpg"): VIEWERS,
    ("get", f"{ONE}snapshot.png"): VIEWERS,
    ("get", f"{ONE}thumbnail/"): VIEWERS,
    ("delete", ONE): ADMINS,
}
BODIES = {f"{ONE}presets/": {"name": "Dim"}, f"{ONE}grants/alice/": {"role": "viewer"}}


@pytest.mark.parametrize(("method", "path"), ASKED)
@pytest.mark.parametrize("who", ["alice", "bob", "carol", "grace", "root"])
def test_role_decides(world, api, method, path, who):
    allowed = who in ASKED[method, path] or who in ("grace", "root")

    answer = ask(api(world.people[who]), world, method, path)

    answer.close()
    assert (answer.status_code < 300) is allowed, answer.status_code
    assert answer.status_code == 403 or allowed


@pytest.mark.parametrize(("method", "path"), ASKED)
def test_outsiders_find_nothing(world, api, client, method, path):
    for who in ("dave", "erin"):
        answer = ask(api(world.people[who]), world, method, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    answer = getattr(client, method)(f"/api/v1/{filled(path, world)}")
    assert answer.status_code == 401
    assert Recording.objects.count() == 1


def test_outsiders_lists_are_empty(world, api):
    for who in ("dave", "erin"):
        assert api(world.people[who])("get", "cameras/").json() == {"next": None, "results": []}


def ask(call, world, method: str, path: str):
    body = BODIES.get(path, {}) if method != "get" else None
    return call(method, filled(path, world), body)


def filled(path: str, world) -> str:
    return path.format(preset=world.preset.uuid, token=world.token.uuid, recording=world.recording.uuid)
