"""Digi below /forum: the proxy cuts the prefix off or forwards it, says so by option or header, or is no proxy."""

import re
from email import message_from_bytes
from email.policy import default

import pytest

from digi.accounts.models import User
from digi.notifications.services import links
from digi.server.root_path import at_root_path
from tests.digi.serving.recipes import recipe
from tests.servers import free_port
from tests.visitor import TOKEN, Visitor

ATTACKS = ["//evil.example", "/x//evil.example", "https://evil.example", "/..", "/a/../b", "/\\evil", "/<b>", "/ü"]


@pytest.mark.parametrize("program", ["run_daphne.py", "daphne"])
def test_everything_follows_the_root_path_and_answers_without_it(serve, program):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = recipe("Below a path", **{"8000": port})
    if program == "daphne":
        command = [*command[:1], "-m", "daphne", *command[2:], "digi.asgi:application"]

    serve(command, visitor=lambda: Visitor(url))

    assert Visitor(f"{url}/forum").talk("with the prefix") == "with the prefix"
    assert Visitor(url).talk("without it") == "without it"
    page = Visitor(url).chat()
    assert page.request.url.path == "/forum/chat/"
    links = re.findall(r'(?:href|src|action)="(/[^"]*)"', page.text)
    assert [link for link in links if not link.startswith("/forum/")] == []
    manifest = Visitor(url).ask("GET", "/forum/manifest.webmanifest").json()
    assert manifest["start_url"] == "/forum/"
    assert Visitor(url).ask("GET", "/forum/worker.js").status_code == 200


def test_header_counts_where_a_proxy_is_trusted(serve):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = recipe("An address and a port", **{"8000": port})
    said = {"Daphne-Root-Path": "/forum"}

    serve(command, visitor=lambda: Visitor(url), DIGI_TRUSTED_PROXIES="1")

    assert Visitor(url, headers=said).talk("the prefix cut off") == "the prefix cut off"
    assert Visitor(f"{url}/forum", headers=said).talk("the prefix forwarded") == "the prefix forwarded"
    assert Visitor(url, headers=said).chat().request.url.path == "/forum/chat/"
    assert 'href="/static/' in Visitor(url).ask("GET", "/").text


def test_header_from_anybody_is_passed_over(serve):
    port = free_port()
    url = f"http://127.0.0.1:{port}"

    serve(recipe("An address and a port", **{"8000": port}), visitor=lambda: Visitor(url))

    page = Visitor(url, headers={"Daphne-Root-Path": "/evil"}).ask("GET", "/accounts/login/")
    assert "evil" not in page.text


@pytest.mark.parametrize("root", ATTACKS)
async def test_what_is_no_path_leads_no_link_elsewhere(root):
    seen = []

    async def application(scope, receive, send):
        seen.append((scope["root_path"], scope["path"]))

    await at_root_path(application)({"type": "http", "root_path": root, "path": "/chat/"}, None, None)

    assert seen == [("", "/chat/")]


@pytest.mark.parametrize(
    ("path", "rooted"),
    [
        ("/forum/chat/", "/forum/chat/"),
        ("/chat/", "/forum/chat/"),
        ("/forums/", "/forum/forums/"),
        ("/forum", "/forum/"),
        ("/", "/forum/"),
    ],
)
async def test_paths_begin_with_the_root_path(path, rooted):
    seen = []

    async def application(scope, receive, send):
        seen.append((scope["root_path"], scope["path"]))

    await at_root_path(application)({"type": "websocket", "root_path": "/forum/", "path": path}, None, None)

    assert seen == [("/forum", rooted)]


async def test_setting_counts_where_a_request_names_no_root_path(settings):
    settings.DIGI_ROOT_PATH = "/thesis"
    seen = []

    async def application(scope, receive, send):
        seen.append((scope["root_path"], scope["path"]))

    rooted = at_root_path(application)
    await rooted({"type": "http", "root_path": "", "path": "/chat/"}, None, None)
    await rooted({"type": "http", "root_path": "/forum", "path": "/chat/"}, None, None)

    assert seen == [("/thesis", "/thesis/chat/"), ("/forum", "/forum/chat/")]


@pytest.mark.parametrize(
    ("root", "path", "url"),
    [
        ("", "/theses/", "https://digi.example/theses/"),
        ("/forum", "/theses/", "https://digi.example/forum/theses/"),
        ("/forum", "/forum/theses/", "https://digi.example/forum/theses/"),
        ("/forum", "/forums/", "https://digi.example/forum/forums/"),
        ("/forum", "/", "https://digi.example/forum/"),
    ],
)
def test_links_of_notifications_follow_the_setting(settings, root, path, url):
    settings.DIGI_HOME, settings.DIGI_ROOT_PATH = "https://digi.example", root

    assert links.absolute(path) == url


def test_server_and_mailed_links_follow_the_setting(serve, tmp_path):
    port = free_port()
    url, address = f"http://127.0.0.1:{port}", User.objects.get(username="alice").email
    command = recipe("An address and a port", **{"8000": port})

    serve(command, visitor=lambda: Visitor(url), DIGI_ROOT_PATH="/forum", DIGI_EMAIL_URL=f"filemail:///{tmp_path}")

    assert Visitor(url).talk("below the setting") == "below the setting"
    visitor = Visitor(f"{url}/forum")
    forgotten = f"{visitor.url}/accounts/password/reset/"
    fields = {"email": address, "csrfmiddlewaretoken": TOKEN.search(visitor.ask("GET", forgotten).text)[1]}
    visitor.ask("POST", forgotten, data=fields, headers={"Referer": forgotten})
    mail = message_from_bytes(next(tmp_path.glob("*.log")).read_bytes(), policy=default)
    link = re.search(r"https?://\S+/password/reset/key/\S+", mail.get_body(("plain",)).get_content())[0]
    assert link.startswith(f"{url}/forum/accounts/")
    assert visitor.ask("GET", link).status_code in {200, 302}
