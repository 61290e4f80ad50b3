"""The history of a camera's settings."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from camera.services import settings
from tests.chat.reading import words

pytestmark = pytest.mark.django_db


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
