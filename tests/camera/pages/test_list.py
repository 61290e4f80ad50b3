"""The list of cameras, and what each shows there, as a browser without scripts sees them."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from camera.models import Camera
from camera.services import cameras, pictures
from tests.chat.reading import words

pytestmark = pytest.mark.django_db
JPEG = bytes.fromhex("ffd8ffe0")  # is not decoded where it is only handed on


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
