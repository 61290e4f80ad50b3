"""Somebody signs in, writes, uploads, shows a camera, calls a webhook: the logs of server and worker hold no secret."""

import json
import re
from ipaddress import ip_network
from pathlib import Path

import pytest
from websockets.sync.client import connect

from camera.models import Visibility
from camera.services import cameras
from camera.services import tokens as camera_tokens
from chat.services import rooms
from digi.accounts.services import calendars, tokens
from digi.environment import Places
from digi.webhooks.models import Attempt
from digi.webhooks.services import webhooks
from tests.conftest import PASSWORD
from tests.digi.worker.process import Worker
from tests.servers import free_port
from tests.visitor import TOKEN, Visitor

HOOKS = {"DIGI_WEBHOOK_HTTP": "1", "DIGI_WEBHOOK_PORTS": "any", "DIGI_WEBHOOK_INTERNAL": "127.0.0.0/8"}
RESET = re.compile(r"/accounts/password/reset/key/([^/\s]+)/")
WRONG, TEXT, QUERY = "hunter2-mistyped", "walnuts in the attic", "zebra-crossing"


@pytest.fixture
def alice(transactional_db, person, settings):
    settings.DIGI_WEBHOOK_HTTP, settings.DIGI_WEBHOOK_PORTS = True, frozenset()
    settings.DIGI_WEBHOOK_INTERNAL = Places(networks=(ip_network("127.0.0.0/8"),))
    alice = person("alice", is_superuser=True)
    rooms.open_pair(by=alice, other=person("bob"))
    return alice


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def _reset_password(visitor: Visitor, mails: Path) -> str:
    """By a link in a mail; the key in it."""
    page = visitor.ask("GET", "/accounts/password/reset/")
    fields = {"email": "alice@example.org", "csrfmiddlewaretoken": TOKEN.search(page.text)[1]}
    assert visitor.ask("POST", "/accounts/password/reset/", data=fields).status_code == 302
    (mail,) = mails.iterdir()
    key = RESET.search(mail.read_text().replace("=\n", ""))[1]
    assert visitor.ask("GET", f"/accounts/password/reset/key/{key}/").status_code == 302
    return key


def _upload(visitor: Visitor, headers: dict[str, str]) -> None:
    given = {"Tus-Resumable": "1.0.0", "Upload-Length": "8", "Upload-Metadata": "filename dGhlc2lzLnBkZg=="}
    begun = visitor.ask("POST", "/api/v1/uploads/", headers=headers | given)
    assert begun.status_code == 201, begun.text
    part = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    refused = visitor.ask("PATCH", begun.headers["Location"], headers=headers | part, content=TEXT[:8].encode())
    assert refused.status_code == 400, refused.text


def test_logs_of_a_whole_visit_hold_no_secret(alice, start_server, queue_file, tmp_path):
    own = {"DIGI_QUEUE": str(queue_file), "DIGI_EMAIL_URL": f"filemail:///{tmp_path}/mail"}
    server = start_server(DIGI_LOG_FORMAT="json", DIGI_LOG_LEVEL="INFO", **own, **HOOKS)
    worker = Worker(queue=queue_file, DIGI_LOG_FORMAT="json", **HOOKS)
    visitor, stranger = Visitor(server.url), Visitor(server.url)
    scopes = ["me:read", "files:write", "metrics:read"]
    secret = tokens.create(user=alice, name="script", scopes=scopes)[1]
    feed = calendars.share(user=alice)[1]
    camera = cameras.create(slug="lab", name="Lab", by=alice, visibility=Visibility.EVERYONE)
    agent = camera_tokens.issue(camera=camera, by=alice)[1]
    hook = f"http://127.0.0.1:{free_port()}/hooks/{QUERY}?key={QUERY}"

    assert stranger.sign_in(password=WRONG).status_code == 200
    key = _reset_password(stranger, tmp_path / "mail")
    assert visitor.talk(TEXT) == TEXT
    session = visitor.client.cookies["sessionid"]
    connection = visitor.ask("GET", "/api/v1/rooms/").json()["results"][0]["connection_id"]
    visitor.ask("GET", f"/chat/{connection}/")
    visitor.ask("GET", f"/me/?next={QUERY}")
    visitor.ask("GET", "/metrics", headers=_bearer(secret))
    visitor.ask("GET", f"/api/v1/calendar/{feed}.ics")
    stranger.ask("GET", "/api/v1/me/", headers=_bearer(secret[:-1] + "x"))
    _upload(visitor, _bearer(secret))
    with connect(
        f"{server.socket_url}/ws/camera/lab/", additional_headers=_bearer(agent), subprotocols=["camera.v1"]
    ) as link:
        link.recv(timeout=20)
    with worker:
        webhooks.ping(webhook=webhooks.create(owner=alice, url=hook)[0])
        worker._wait_until(Attempt.objects.exists, seconds=40)
    server.stop()

    lines = [json.loads(line) for line in server.output().splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) > 15
    assert all(line["request_id"].startswith("req-") for line in requests)
    assert "/chat/…/" in {line["path"] for line in requests}
    planted = [PASSWORD, WRONG, TEXT, QUERY, secret, feed, agent, key, session, connection, "alice@example.org"]
    said = server.output() + worker.output()
    assert [word for word in planted if word in said] == []
