"""Production's static files from the server itself, and what a first visit costs."""

import gzip
import re
from urllib.parse import urlsplit

import brotli
import pytest

from digi.server.access import redact
from tests.digi.serving.pages import IMPORT, Browser
from tests.digi.serving.recipes import recipe
from tests.servers import ROOT, free_port
from tests.visitor import STYLES, Visitor

LIMIT = 150_000  # bytes of a page's first load
ROOM = re.compile(r"/chat/[\w-]{60,}/$")
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
ENTRY = re.compile(r'<script type="module" src="([^"]+/js/rooms\.[0-9a-f]{12}\.js)"')
LEADS_AWAY = ("/admin/", "/api/", "/accounts/logout/")


def start(serve, production, **variables: str):
    port = free_port()
    address = f"http://localhost:{port}"
    command = recipe("An address and a port", **{"8000": port})
    return serve(command, visitor=lambda: Visitor(address), **production(address) | variables)


@pytest.fixture
def url(serve, production):
    return start(serve, production).visitor().url


def raw(visitor: Visitor, address: str, encoding: str):
    """An answer and its body as it came over the network."""
    with visitor.client.stream("GET", address, headers={"Accept-Encoding": encoding}) as answer:
        return answer, b"".join(answer.iter_raw())


def test_files_are_kept_for_good_compressed_beforehand_and_import_each_other_by_hash(url):
    alice = Visitor(url)
    page = alice.chat().text
    script, style = ENTRY.search(page)[1], STYLES.search(page)[1]

    small, squeezed = raw(alice, script, "gzip, br")
    older, zipped = raw(alice, script, "gzip")
    plain, text = raw(alice, script, "identity")
    missing = alice.ask("GET", "/static/js/rooms.000000000000.js")

    assert HASHED.search(style)
    for answer, encoding in ((small, "br"), (older, "gzip"), (plain, None)):
        assert answer.headers.get("Content-Encoding") == encoding
        assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert answer.headers["Vary"] == "Accept-Encoding"
    assert brotli.decompress(squeezed) == gzip.decompress(zipped) == text
    imports = IMPORT.findall(text.decode())
    assert len(imports) == len(IMPORT.findall((ROOT / "static" / "js" / "rooms.js").read_text())) > 0
    assert [name for name in imports if not HASHED.search(name)] == []
    assert missing.status_code == 404


def test_first_load_of_every_page_that_links_lead_to_is_light(url, room):
    weights: dict[str, int] = {}
    stranger, alice = Browser(Visitor(url)), Browser(Visitor(url))
    alice.visitor.chat()

    for browser, door in ((stranger, "/"), (alice, "/chat/")):
        waiting = [f"{url}{door}"]
        while waiting:
            address = waiting.pop()
            path = urlsplit(address).path
            path = "an open room" if ROOM.match(path) else redact(path)  # it has another address each time
            if path in weights or not address.startswith(url) or path.startswith(LEADS_AWAY):
                continue
            weights[path], links = browser.load(address)
            waiting += links

    print("\n".join(f"{size:>8} {path}" for path, size in sorted(weights.items(), key=lambda item: -item[1])))
    assert {"an open room", "/", "/accounts/login/", "/accounts/signup/", "/chat/", "/me/", "/people/"} < weights.keys()
    assert {path: size for path, size in weights.items() if size > LIMIT} == {}


def test_server_says_at_its_start_that_no_page_will_come(serve, production, tmp_path):
    server = start(serve, production, DIGI_STATIC_ROOT=str(tmp_path))

    assert f"No static files are collected in {tmp_path}, and every page will answer 500" in server.output()


def test_server_does_not_start_with_half_a_list_of_its_files(serve, production, tmp_path):
    (tmp_path / "staticfiles.json").write_text('{"paths": {')

    with pytest.raises(AssertionError, match="ended with 1") as ended:
        start(serve, production, DIGI_STATIC_ROOT=str(tmp_path))

    assert f"Digi does not start: the list of static files in {tmp_path} is broken" in str(ended.value)


def test_server_whose_files_are_collected_says_nothing_of_them(serve, production):
    assert "static files" not in start(serve, production).output()
