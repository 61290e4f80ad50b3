"""`make screenshots`: the pictures of the README, taken from a server of their own with the demo's people.

Two people are signed in, so that presence and receipts are real. Chromium is the system's.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

LAB = """
from camera.models import Camera
from camera.services import cameras, tokens
lab = cameras.create(by=None, slug="lab", name="Lab 1.107", location="First floor", visibility="everyone")
cameras.create(by=None, slug="corridor", name="Corridor, second floor", visibility="everyone")
print("KEYS", *(tokens.issue(camera=camera, by=None)[1] for camera in (Camera.objects.get(slug="default"), lab)))
"""
PLACES = """
import json
from django.urls import reverse
from digi.accounts.models import User
from digi.notifications.models import Notification
from thesis.models import Application, MemberRole, Programme, Thesis, Topic
bob = User.objects.get(username="bob")
thesis = Thesis.objects.of(bob, MemberRole.SUPERVISOR).order_by("-head", "pk").first()
topic = Topic.objects.filter(owners=bob, state="open").first() or Topic.objects.filter(owners=bob).first()
parts = "overview documents discussion requests work meetings marks timeline members"
places = {name: ("bob", reverse(f"thesis:{name}", args=[thesis.uuid])) for name in parts.split()}
places |= {name: ("bob", reverse(f"thesis:{name}")) for name in "dashboard theses board plan reports new".split()}
places |= {name: ("alice", reverse(f"thesis:{name}")) for name in "topics library applications".split()}
places |= {name: ("dave", reverse(f"thesis:{name}", args=[topic.uuid])) for name in ("topic", "apply")}
places["dashboard-student"] = ("alice", reverse("thesis:dashboard"))
places["dashboard-coordinator"] = ("grace", reverse("thesis:dashboard"))
places["topic-edit"] = ("bob", reverse("thesis:topic_edit", args=[topic.uuid]))
application = Application.objects.filter(topic__owners=bob).first()
places["application"] = ("bob", reverse("thesis:application", args=[application.uuid]))
places["inbox"] = ("alice", reverse("notifications:inbox"))
told = Notification.objects.filter(user=bob).first()
places["notification"] = ("bob", reverse("notifications:item", args=[told.number]))
places["preferences"] = ("alice", reverse("notifications:preferences"))
places |= {name: ("alice", reverse(f"accounts:{name}")) for name in "privacy calendar tokens".split()}
places["webhooks"] = ("bob", reverse("webhooks:list"))
places["department"] = ("grace", reverse("thesis:settings", args=["ds"]))
places["department-people"] = ("grace", reverse("thesis:department_people", args=["ds"]))
places["programme"] = ("grace", reverse("thesis:programme", args=["ds", Programme.objects.first().uuid]))
places["mails"] = ("admin", reverse("thesis:mails"))
places["audit"] = ("admin", reverse("audit:events"))
places["status"] = ("admin", reverse("status:page") + "?over=day")
print(json.dumps(places))
"""
ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PASSWORD = "pictures-only-1"  # noqa: S105 - of a database that lives as long as this script
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def main() -> None:
    """Take every picture into docs/images."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("There is no Chromium here: apt-get install chromium.")
    with _server() as (url, places), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        _door(browser, url)
        other = _signed_in(browser, url, "bob", DESK, "light")
        _open_room(other, "Alice Winter")
        for theme in ("light", "dark"):
            _places(browser, url, theme, places)
            _desk(browser, url, theme)
            _phone(browser, url, theme)
            _cameras(browser, url, theme)
        browser.close()


def _door(browser: Browser, url: str) -> None:
    for name, size, theme in (("sign-in", DESK, "light"), ("sign-in-phone", PHONE, "dark")):
        page = _page(browser, url, size, theme)
        page.goto("/accounts/login/")
        _shoot(page, name)
        page.context.close()


def _desk(browser: Browser, url: str, theme: str) -> None:
    page = _signed_in(browser, url, "alice", DESK, theme)
    _open_room(page, "Bob Meyer")
    _shoot(page, f"chat-{theme}")
    page.goto("/me/")
    _shoot(page, f"profile-{theme}")
    page.context.close()


def _phone(browser: Browser, url: str, theme: str) -> None:
    page = _signed_in(browser, url, "alice", PHONE, theme)
    page.goto("/chat/")
    _shoot(page, f"rooms-phone-{theme}")
    _open_room(page, "Bob Meyer")
    _shoot(page, f"chat-phone-{theme}")
    page.context.close()


def _cameras(browser: Browser, url: str, theme: str) -> None:
    page = _signed_in(browser, url, "alice", DESK, theme)
    page.goto("/camera/default/")
    page.locator("figure.stage[data-state=live]").wait_for()
    page.locator("input[type=range][name=contrast]").press("PageUp")
    page.locator("[data-setting=contrast] .told", has_text="Applied at").wait_for()
    page.wait_for_timeout(20_000)  # the chart has a point every five seconds
    _shoot(page, f"camera-{theme}", idle=False)
    page.goto("/camera/")
    page.wait_for_timeout(4000)
    _shoot(page, f"cameras-{theme}", idle=False)
    page.context.close()
    phone = _signed_in(browser, url, "bob", PHONE, theme)
    phone.goto("/camera/default/")
    phone.locator("figure.stage[data-state=live]").wait_for()
    phone.wait_for_timeout(3000)
    _shoot(phone, f"camera-phone-{theme}", idle=False)
    phone.context.close()


def _places(browser: Browser, url: str, theme: str, places: dict[str, tuple[str, str]]) -> None:
    """Theses, the inbox and settings: each page on a desk and on a phone."""
    for screen, size in (("", DESK), ("-phone", PHONE)):
        pages: dict[str, Page] = {}
        for name, (user, address) in places.items():
            page = pages.get(user) or pages.setdefault(user, _signed_in(browser, url, user, size, theme))
            page.goto(address)
            _shoot(page, f"{name}{screen}-{theme}", idle=False)
        for page in pages.values():
            page.context.close()


def _open_room(page: Page, name: str) -> None:
    page.goto("/chat/")
    page.locator(".rooms a", has_text=name).first.click()
    page.locator(".message").first.wait_for()


def _signed_in(browser: Browser, url: str, user_name: str, size: dict[str, int], theme: str) -> Page:
    page = _page(browser, url, size, theme)
    page.goto("/accounts/login/")
    page.fill("input[name=login]", user_name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")
    return page


def _page(browser: Browser, url: str, size: dict[str, int], theme: str) -> Page:
    context = browser.new_context(
        base_url=url,
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme="dark" if theme == "dark" else "light",
        locale="en-GB",
        timezone_id="Europe/Berlin",
        has_touch=size is PHONE,
    )
    return context.new_page()


def _shoot(page: Page, name: str, *, idle: bool = True) -> None:
    if idle:
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)  # fonts, and what moves into place
    path = IMAGES / f"{name}.png"
    path.write_bytes(page.screenshot(animations="disabled"))
    with Image.open(path) as picture:  # 128 colours are all that these pages have, and a third of the bytes
        picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"docs/images/{name}.png")


@contextmanager
def _server() -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = os.environ | {
            "DIGI_DATABASE_URL": f"sqlite:///{folder}/digi.sqlite3",
            "DIGI_FILES": f"{folder}/files",
            "DIGI_DEMO_PASSWORD": PASSWORD,
            "DIGI_HOST": "127.0.0.1",
            "DIGI_PORT": str(port),
            "DIGI_REDIS_URL": "",
        }
        subprocess.run([sys.executable, "manage.py", "demo", "--migrate"], cwd=ROOT, env=environment, check=True)
        keys = _told(LAB, environment).split()[-2:]
        places = json.loads(_told(PLACES, environment).splitlines()[-1])
        server = subprocess.Popen([sys.executable, "run_daphne.py"], cwd=ROOT, env=environment)
        started = [server]
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(f"{url}/healthz")
            for slug, key in zip(("default", "lab"), keys, strict=True):
                words = ["-m", "camera.agent", "--server", url, "--camera", slug, "--source", "clock"]
                agent = environment | {"DIGI_CAMERA_TOKEN": key}
                started.append(subprocess.Popen([sys.executable, *words], cwd=ROOT, env=agent))
            yield url, places
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait(20)


def _told(code: str, environment: dict[str, str]) -> str:
    """What a few lines print that are run beside the demo's rows."""
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            urlopen(address, timeout=2).close()  # noqa: S310 - our own server
            return
        except (URLError, OSError):
            time.sleep(0.1)
    sys.exit("The server for the pictures did not start.")


if __name__ == "__main__":
    main()
