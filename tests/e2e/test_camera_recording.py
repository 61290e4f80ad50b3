"""A recording by the page's buttons, written by a real worker, played by a real browser."""

import os
import time

import pytest

from camera.models import Camera, Recording
from camera.services import cameras, grants, tokens
from tests.camera.edges.lens import Lens
from tests.digi.worker.process import Worker

PLAY = """async (video) => {
    if (!(video.readyState >= 2)) {
        video.load();
        await new Promise((done, failed) => {
            video.onloadeddata = done;
            video.onerror = () => failed(new Error(video.error.message));
        });
    }
    const duration = video.duration;
    video.currentTime = duration / 2;
    await new Promise((done) => { video.onseeked = done; });
    const sought = video.currentTime;
    video.currentTime = 0;
    video.muted = true;
    await video.play();
    await new Promise((done) => { video.ontimeupdate = () => video.currentTime > 0.8 && done(); });
    video.pause();
    const shown = video.getVideoPlaybackQuality().totalVideoFrames;
    return { duration, sought, shown, width: video.videoWidth, height: video.videoHeight };
}"""


def until(holds, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


@pytest.fixture
def lab(server, bob, alice, erin):
    """A camera that Bob operates and Alice watches, its agent and a worker."""
    camera = cameras.create(by=None, slug="lab-1", name="Lab 1")
    grants.give(camera=camera, by=None, user=bob, role="operator")
    grants.give(camera=camera, by=None, user=alice, role="viewer")
    _token, secret = tokens.issue(camera=camera, by=None)
    worker = Worker(queue=os.environ["DIGI_QUEUE"], DIGI_INTERNAL_URL=server.url)
    with worker, Lens(server.socket_url, secret, camera.slug):
        until(lambda: Camera.objects.get(pk=camera.pk).is_online)
        yield camera


@pytest.fixture
def erin(person):
    return person("erin")


def test_recording_is_made_and_played_in_the_browser(lab, signed_in_page, alice, bob, erin):
    page = signed_in_page(bob)
    page.goto("/camera/lab-1/recordings/")
    page.get_by_role("button", name="Record", exact=True).click()
    until(lambda: Recording.objects.filter(seconds__gt=3).exists())
    page.goto("/camera/lab-1/recordings/")
    page.get_by_role("button", name="Stop").click()
    until(lambda: Recording.objects.exclude(ended_at=None).exists())
    parts = list(Recording.objects.get().parts.all())  # one, but where the agent could not keep its pace
    part = max(parts, key=lambda part: part.seconds)

    viewer = signed_in_page(alice)
    viewer.goto("/camera/lab-1/recordings/")
    video = viewer.locator("video").nth(parts.index(part))
    played = video.evaluate(PLAY)

    assert (played["width"], played["height"]) == (320, 240)
    assert played["duration"] == pytest.approx(part.seconds, abs=0.2)
    assert played["sought"] == pytest.approx(part.seconds / 2, abs=0.1)
    assert played["shown"] >= 10
    address = video.get_attribute("src")
    beginning = viewer.request.get(address, headers={"Range": "bytes=0-99"})
    assert (beginning.status, len(beginning.body())) == (206, 100)
    assert signed_in_page(erin).request.get(address).status == 404
