"""The lists of the API take the same queries for one row and three; whatever is asked is answered by the schema."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from camera.services import cameras, grants, presets, tokens
from camera.services import settings as camera_settings
from digi.accounts.scopes import Scope
from digi.accounts.services import tokens as account_tokens
from digi.environment import Rate
from tests.camera.edges.conftest import recorded
from tests.thesis.schema import ask_everything

ONE = "cameras/lab-1/"
LISTS = ["cameras/", *(f"{ONE}{part}/" for part in ("history", "presets", "grants", "tokens", "recordings"))]


def grow(camera, people, person, n: int) -> None:
    """One more of everything."""
    cameras.create(by=people.grace, slug=f"more-{n}", name=f"More {n}", department=people.department)
    grants.give(camera=camera, by=people.grace, user=person(f"guest{n}"), role="viewer")
    camera_settings.change(camera=camera, by=people.bob, patch={"brightness": n + 1})
    presets.save(camera=camera, by=people.bob, name=f"Preset {n}")
    tokens.issue(camera=camera, by=people.carol)
    recorded(camera, people.bob)


@pytest.mark.django_db
def test_lists_take_the_same_queries_for_one_row_and_three(camera, people, person, api):
    call = api(people.grace)
    counted = []
    for rows in (range(1), range(1, 3)):
        for n in rows:
            grow(camera, people, person, n)
        counts = {}
        for path in LISTS:
            assert call("get", path).status_code == 200
            with CaptureQueriesContext(connection) as captured:
                call("get", path)
            counts[path] = len(captured)
        counted.append(counts)

    assert counted[0] == counted[1]
    assert max(counted[0].values()) <= 13


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["carol", "alice", "erin"])
def test_api_answers_whatever_is_asked_as_its_schema_says(settings, world, who):
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(1_000_000, 1))
    _, token = account_tokens.create(user=world.people[who], name="everything", scopes=Scope.values)
    ids = {
        "slug": "lab-1",
        "preset_id": str(world.preset.uuid),
        "token_id": str(world.token.uuid),
        "recording_id": str(world.recording.uuid),
        "username": "bob",
        "revision": "2",
        "n": "2",
    }

    operations, asked = ask_everything(is_ours, ids=ids, token=token)

    assert operations > 25
    assert {200, 404} <= set(asked)
    assert max(asked) < 500


def is_ours(path: str) -> bool:
    return path.startswith("/api/v1/cameras/")
