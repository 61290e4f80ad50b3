"""What the camera's page says when something is away, and that it finds back by itself."""

import re
from collections.abc import Callable

import pytest
from django.db.models import F
from playwright.sync_api import Page, expect

from camera.models import Camera, Grant
from camera.services import cameras, grants, settings
from tests.e2e.cameras import Agent, move, running, wait_live, watch
from tests.e2e.waiting import until
from tests.e2e.walking import LOOKS, SCREENS, faults_of
from tests.servers import DaphneServer

pytestmark = pytest.mark.timeout(180)
PAGES = ("", "history/", "recordings/", "presets/", "people/", "token/", "rename/")


@pytest.fixture
def camera(transactional_db, alice) -> Camera:
    """Alice administers it."""
    camera = cameras.create(by=None, slug="lab", name="Lab 1.107", location="First floor")
    grants.give(camera=camera, by=None, user=alice, role="admin")
    return camera


def _said(page: Page) -> str:
    return page.locator(".stage-said").inner_text()


def test_agent_that_ends_is_said_and_its_picture_comes_back(signed_in_page: Callable, server, camera, alice) -> None:
    page = signed_in_page(alice, service_workers="block")
    with running(Agent(server, camera)):
        watch(page, camera)
    page.locator("figure.stage[data-state=offline]").wait_for(timeout=40_000)
    said = _said(page)

    with running(Agent(server, camera)):
        wait_live(page)
        expect(page.locator("[data-standing]")).to_have_text("Live")

    assert re.match(r"Offline since \d\d:\d\d\n+\S.*\.$", said), said


def test_server_that_is_killed_is_said_and_found_again(
    signed_in_page: Callable, start_server: Callable, camera, alice
) -> None:
    own: DaphneServer = start_server()
    page = signed_in_page(alice, base_url=own.url, service_workers="block")
    cookies = page.context.cookies()
    page.context.add_cookies([{**cookie, "domain": "127.0.0.1"} for cookie in cookies])
    with running(Agent(own, camera)):
        watch(page, camera)
        own.kill()
        page.locator("figure.stage[data-state=reconnecting]").wait_for(timeout=40_000)
        said = _said(page)

        own.start()
        wait_live(page)

    assert re.match(r"No connection since \d\d:\d\d\n*It is tried again by itself\.$", said), said


def test_person_whose_grant_is_withdrawn_is_led_out(signed_in_page: Callable, server, camera, alice, bob) -> None:
    grants.give(camera=camera, by=None, user=bob, role="viewer")
    grant = Grant.objects.get(camera=camera, user=bob)
    bobs = signed_in_page(bob, service_workers="block")
    bobs.goto("/camera/lab/")
    bobs.locator("figure.stage[data-state=offline]").wait_for()
    alices = signed_in_page(alice, service_workers="block")
    alices.goto("/camera/lab/people/")

    alices.locator(f'form[action$="/{grant.pk}/withdraw/"] button').click()
    expect(bobs).to_have_url(re.compile(r"/camera/\?out$"))

    expect(bobs.locator("main")).to_contain_text("You may no longer watch that camera.")
    assert bobs.goto("/camera/lab/").status == 404


def test_setting_without_an_answer_is_pending_and_then_late(signed_in_page: Callable, server, camera, alice) -> None:
    page = signed_in_page(alice, service_workers="block")
    with running(Agent(server, camera)) as agent:
        watch(page, camera)
        page.locator("[data-setting=contrast] .told[data-state=applied]").wait_for()
        agent.processes()[0].suspend()  # it hears nothing, and its connection stays

        slider = page.locator("input[name=contrast]:not([type=number])")
        slider.press("PageUp")
        page.locator("[data-setting=contrast] .told[data-state=pending]").wait_for()
        page.locator("[data-setting=contrast] .told[data-state=late]").wait_for()
        late = page.locator("[data-setting=contrast] .told").inner_text()
        agent.processes()[0].resume()

    assert re.match(r"No answer for \d+ s, camera last at × 1\.00", late), late


def test_setting_that_dies_with_its_connection_is_sent_on_the_next(
    signed_in_page: Callable, start_server: Callable, camera, alice
) -> None:
    own: DaphneServer = start_server()
    page = signed_in_page(alice, base_url=own.url, service_workers="block")
    page.context.add_cookies([{**cookie, "domain": "127.0.0.1"} for cookie in page.context.cookies()])
    told = page.locator("[data-setting=contrast] .told")
    page.goto("/camera/lab/")
    page.locator("figure.stage[data-state=offline]").wait_for()
    own.processes()[0].suspend()  # what it is sent now, it never reads

    move(page, "contrast", 2)
    expect(told).to_have_text(re.compile("Asked"))
    own.kill()
    expect(told).to_have_text("Not sent: no connection")
    shown = page.locator("input[type=range][name=contrast]").input_value()
    own.start()
    until(page, lambda: Camera.objects.get().desired["contrast"] == 2, seconds=60)

    expect(told).to_have_text(re.compile("Asked"))
    assert shown == "2"


def test_decision_without_a_connection_is_sent_on_the_next(signed_in_page: Callable, server, camera, alice) -> None:
    page = signed_in_page(alice, service_workers="block")
    told = page.locator("[data-setting=contrast] .told")
    page.goto("/camera/lab/")
    page.locator("figure.stage[data-state=offline]").wait_for()
    theirs = Camera.objects.get().desired | {"contrast": 1.5}
    Camera.objects.update(desired=theirs, revision=F("revision") + 1)  # nobody is told
    move(page, "contrast", 2)
    mine = page.get_by_role("button", name="Set mine")
    mine.wait_for()

    page.context.set_offline(True)
    page.locator("figure.stage[data-state=reconnecting]").wait_for()
    mine.click()
    expect(told).to_have_text("Not sent: no connection")
    page.context.set_offline(False)

    until(page, lambda: Camera.objects.get().desired["contrast"] == 2)


def test_form_works_without_a_script(signed_in_page: Callable, server, camera, alice) -> None:
    page = signed_in_page(alice, java_script_enabled=False)
    page.goto("/camera/lab/")

    page.locator("input[type=number][name=contrast]").fill("1.5")
    page.locator("select[name=resolution]").select_option("1280x720")
    page.get_by_role("button", name="Apply").click()
    shown = page.locator("input[type=number][name=contrast]").input_value()
    settings.change(camera=camera, by=None, patch={"contrast": 2})
    page.locator("input[type=number][name=contrast]").fill("3")
    page.get_by_role("button", name="Apply").click()

    assert shown == "1.5"
    assert "theirs × 2.00, yours × 3.00" in page.locator("[role=alert]").inner_text()
    assert page.locator("input[type=number][name=contrast]").input_value() == "3"


def test_list_shows_pictures_and_offline_cards(signed_in_page: Callable, server, camera, alice) -> None:
    cameras.create(by=None, slug="hall", name="Corridor, second floor", visibility="everyone")
    page = signed_in_page(alice, service_workers="block")
    with running(Agent(server, camera)):
        page.goto("/camera/")
        card = page.locator(".scope a", has_text="Lab 1.107")
        page.wait_for_function("() => document.querySelector('.scope img')?.naturalWidth > 100", timeout=40_000)
        first = card.locator("img").get_attribute("src")
        page.wait_for_function("(old) => document.querySelector('.scope img').getAttribute('src') !== old", arg=first)

        assert "Live" in card.inner_text()
    assert "No agent has ever come for this camera." in page.locator(".scope a", has_text="Corridor").inner_text()


@pytest.mark.parametrize(("address", "cards"), [("/camera/", 2), ("/camera/hall/", 1)])
def test_cards_follow_who_is_on_air(signed_in_page: Callable, server, camera, alice, address: str, cards: int) -> None:
    cameras.create(by=None, slug="hall", name="Corridor, second floor", visibility="everyone")
    page = signed_in_page(alice, service_workers="block")
    page.goto(address)
    card = page.locator(".scope a", has_text="Lab 1.107")
    card.focus()

    with running(Agent(server, camera)):
        expect(card).to_contain_text("Live", timeout=60_000)
        expect(page.get_by_text(f"1 of {cards} on air")).to_be_visible()
        page.wait_for_function("() => document.querySelector('.scope img')?.naturalWidth > 100", timeout=40_000)
    expect(card).to_contain_text("Offline since", timeout=60_000)

    expect(page.get_by_text(f"0 of {cards} on air")).to_be_visible()
    expect(card.locator("img")).to_have_count(0)
    expect(card).to_be_focused()


@pytest.mark.parametrize(("screen", "theme"), LOOKS)
def test_pages_of_a_camera_are_open_to_everybody(
    signed_in_page: Callable, server, camera, alice, theme: str, screen: str
) -> None:
    settings.change(camera=camera, by=alice, patch={"contrast": 1.5})
    page = signed_in_page(alice, color_scheme=theme, service_workers="block")
    with running(Agent(server, camera)):
        watch(page, camera)

        faults = {path: _faults(page, f"/camera/{path}", screen) for path in ("", *(f"lab/{one}" for one in PAGES))}

    assert faults == {path: [] for path in faults}


def _faults(page: Page, address: str, screen: str) -> list[str]:
    """Axe's violations, and how far the page goes beyond the narrowest phone."""
    page.set_viewport_size(SCREENS[screen])
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    return faults_of(page)
