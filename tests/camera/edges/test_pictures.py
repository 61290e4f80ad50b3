"""Snapshots and thumbnails: the present picture to who may watch, and nothing of it to anybody's cache."""

from io import BytesIO

import pytest
from django.core.cache import cache
from PIL import Image

from camera.services import pictures, snapshots, thumbnails
from digi.errors import Conflict, Forbidden, NotFound
from tests.camera.edges.conftest import come, go, jpeg

pytestmark = pytest.mark.django_db

ONE = "cameras/lab-1/"


def test_snapshot_is_the_agents_own_jpeg_or_a_png_of_it(online, people, api):
    call = api(people.alice)

    as_sent, redrawn = call("get", f"{ONE}snapshot.jpg"), call("get", f"{ONE}snapshot.png")

    assert as_sent.content == jpeg()
    assert as_sent.headers["Content-Type"] == "image/jpeg"
    assert as_sent.headers["Content-Disposition"] == 'attachment; filename="lab-1.jpg"'
    assert as_sent.headers["Cache-Control"] == "private, no-store"
    with Image.open(BytesIO(redrawn.content)) as image:
        assert (image.format, image.size) == ("PNG", (640, 480))
    assert redrawn.headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_offline_camera_has_no_snapshot_and_says_so(online, people, api, kind):
    go(online)

    answer = api(people.alice)("get", f"{ONE}snapshot.{kind}")

    assert (answer.status_code, answer.json()["code"]) == (409, "offline")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_snapshot_before_the_first_picture_says_so(online, people):
    cache.clear()

    with pytest.raises(Conflict) as told:
        snapshots.take(camera=online, by=people.alice)

    assert told.value.code == "no_picture"


@pytest.mark.parametrize("bad", [b"junk", jpeg()[:200]])
def test_damaged_picture_is_nobodys_error(online, people, bad):
    pictures.keep(online.pk, bad)

    with pytest.raises(Conflict) as told:
        snapshots.take(camera=online, by=people.alice, kind="png")
    assert told.value.code == "no_picture"
    with pytest.raises(NotFound):
        thumbnails.of(camera=online, by=people.alice)


def test_picture_of_too_many_pixels_is_not_decoded(online, people, monkeypatch):
    monkeypatch.setattr(snapshots, "PIXELS", 640 * 480 - 1)

    with pytest.raises(Conflict):
        snapshots.take(camera=online, by=people.alice, kind="png")


def test_thumbnail_is_small_and_asked_for_anew_each_time(online, people, api):
    call = api(people.alice)

    found = call("get", f"{ONE}thumbnail/")
    etag = found.headers["ETag"]
    again = call("get", f"{ONE}thumbnail/", if_none_match=etag)
    come(online, jpeg("tomato"))
    changed = call("get", f"{ONE}thumbnail/", if_none_match=etag)

    with Image.open(BytesIO(found.content)) as image:
        assert image.size == (480, 360)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert (changed.status_code, changed.headers["ETag"] != etag) == (200, True)
    for answer in (found, again, changed):
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert {"Cookie", "Authorization"} <= set(answer.headers["Vary"].split(", "))


def test_who_was_shown_out_gets_no_304_either(online, people, api):
    etag = api(people.alice)("get", f"{ONE}thumbnail/").headers["ETag"]
    online.grants.get(user=people.alice).delete()

    answer = api(people.alice)("get", f"{ONE}thumbnail/", if_none_match=etag)

    assert (answer.status_code, answer.headers.get("ETag")) == (404, None)


def test_thumbnail_without_a_picture_is_missing(camera, people, api):
    answer = api(people.alice)("get", f"{ONE}thumbnail/")

    assert (answer.status_code, answer.json()["code"]) == (404, "no_picture")


def test_outsiders_get_no_picture(online, people):
    for who in (people.erin, people.dave):
        for ask in (snapshots.take, thumbnails.of):
            with pytest.raises((NotFound, Forbidden)):
                ask(camera=online, by=who)
