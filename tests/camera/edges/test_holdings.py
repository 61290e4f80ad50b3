"""What cameras hold about a person: taken away whole, forgotten as the preview says."""

import io
import json
import zipfile

import pytest

from camera.models import Change, Grant, Recording
from digi.accounts import holdings
from digi.accounts.services import people as accounts
from tests.camera.edges.conftest import recorded

pytestmark = pytest.mark.django_db


def counts(user) -> dict[str, int]:
    ours = [one for one in holdings.everything() if one.name.startswith("cameras/")]
    return {one.name.removeprefix("cameras/"): one.rows(user).count() for one in ours}


def test_archive_tells_what_one_did_at_cameras(world, client_for):
    answer = client_for(world.people["bob"]).get("/api/v1/me/export/")
    content = b"".join(answer.streaming_content)

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        told = {name: json.loads(archive.read(name)) for name in archive.namelist() if name.startswith("cameras/")}
    (role,), (change,) = told["cameras/roles.json"], told["cameras/changes.json"]
    assert (role["camera_name"], role["role"]) == ("Lab 1", "operator")
    assert (change["after"], change["origin"]) == ({"contrast": 1.5}, "api")
    (recording,) = told["cameras/recordings.json"]
    assert (recording["camera_slug"], recording["seconds"]) == ("lab-1", 10)
    assert world.secret not in content.decode("latin-1")
    assert told["cameras/made.json"] == told["cameras/tokens.json"] == []


def test_erasure_takes_roles_and_leaves_what_the_lab_needs(world):
    bob = world.people["bob"]
    before = counts(bob)
    assert before == {"roles": 1, "changes": 1, "presets": 1, "made": 0, "tokens": 0, "recordings": 1}

    accounts.anonymise(user=bob, by=None)

    assert counts(bob) == before | {"roles": 0}
    assert not Grant.objects.filter(user=bob).exists()
    assert Change.objects.get().by.username.startswith("deleted-")
    assert Recording.objects.get().started_by.display_name == ""


def test_what_others_did_is_not_shown(world):
    assert counts(world.people["erin"]) == dict.fromkeys(counts(world.people["erin"]), 0)
    recorded(world.camera, world.people["carol"])
    assert counts(world.people["bob"])["recordings"] == 1
