"""Everything about oneself, as an archive that other programs read."""

import io
import json
import tracemalloc
import zipfile

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digi.accounts.services import calendars, export, tokens
from digi.audit.models import AuditEvent
from digi.environment import Rate
from digi.files.archives import packed
from digi.files.models import AVATAR, DOCUMENT, StoredFile
from digi.files.services import storage
from digi.notifications.models import Watch
from tests.digi.accounts.conftest import audited

pytestmark = pytest.mark.django_db

EXPORT = "/api/v1/me/export/"


def archive_of(answer) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.content
    found = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert found.testzip() is None
    return found


def read(archive: zipfile.ZipFile, name: str):
    return json.loads(archive.read(name))


@pytest.fixture
def taken(client_for):
    return lambda user: archive_of(client_for(user).get(EXPORT))


def test_archive_holds_the_account(taken, alice, client_for):
    client_for(alice).get("/me/")
    tokens.create(user=alice, name="bot", scopes=["me:read"])
    Watch.objects.create(user=alice, target="thesis:x", level="all", title="Bounded lag")

    found = taken(alice)

    (profile,) = read(found, "profile.json")
    assert (profile["username"], profile["email"], profile["uuid"]) == ("alice", alice.email, str(alice.uuid))
    assert read(found, "account/addresses.json") == [{"email": alice.email, "verified": True, "primary": True}]
    assert read(found, "account/tokens.json")[0]["name"] == "bot"
    assert read(found, "account/sessions.json")[0]["user_agent"] == ""
    assert read(found, "notifications/watches.json") == [{"target": "thesis:x", "level": "all", "title": "Bounded lag"}]
    assert [line["action"] for line in read(found, "audit.json")][-1] == "person.exported"


def test_index_names_every_file_and_says_what_is_kept_and_why(taken, alice):
    alice.language = "en"
    alice.save()

    found = taken(alice)

    index = read(found, "index.json")
    listed = {name for line in index for name in line["files"]}
    assert listed | {"index.json"} == set(found.namelist())
    kept = {line["files"][0]: line["kept"] for line in index}
    assert kept["profile.json"] is None
    assert "checkable" in kept["audit.json"]


def test_own_files_are_in_it_and_no_documents_of_others(taken, alice, bob, settings, tmp_path):
    settings.DIGI_FILES = tmp_path
    kept = {"media_type": "image/png", "content": b"a picture"}
    storage.store(owner=alice, purpose=AVATAR, name="alice.png", **kept)
    storage.store(owner=bob, purpose=AVATAR, name="bob.png", **kept)
    storage.store(owner=bob, purpose=DOCUMENT, name="bob.pdf", **kept)

    found = taken(alice)

    files = [name for name in found.namelist() if name.startswith("files/")]
    assert [name.partition("-")[2] for name in files] == ["alice.png"]
    assert found.read(files[0]) == b"a picture"
    assert read(found, "files.json")[0]["name"] == "alice.png"


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\autoexec.bat", "/root/x"])
def test_no_file_leads_out_of_its_folder(taken, alice, settings, tmp_path, name):
    settings.DIGI_FILES = tmp_path
    file = storage.store(owner=alice, purpose=AVATAR, name="a.png", media_type="image/png", content=b"x")
    StoredFile.objects.filter(pk=file.pk).update(name=name)

    (found,) = [one for one in taken(alice).namelist() if one.startswith("files/")]

    assert found.count("/") == 1
    assert "\\" not in found


def test_no_secret_leaves_the_house(taken, alice):
    TOTP.activate(alice, "JBSWY3DPEHPK3PXP")
    token, secret = tokens.create(user=alice, name="bot", scopes=["me:read"])
    feed, link = calendars.share(user=alice)

    found = taken(alice)

    content = b"".join(found.read(name) for name in found.namelist()).decode()
    for word in (secret, token.digest, token.token_key, link, feed.digest, "JBSWY3DPEHPK3PXP", alice.password):
        assert word not in content


def test_nobody_else_is_in_it(taken, alice, bob):
    tokens.create(user=bob, name="the bot of bob", scopes=["me:read"])

    found = taken(alice)

    content = b"".join(found.read(name) for name in found.namelist()).decode()
    assert "bob" not in content.lower()
    assert "özil" not in content.lower()


def test_many_rows_come_in_several_files(taken, alice, monkeypatch):
    monkeypatch.setattr(export, "PAGE", 2)
    for n in range(5):
        Watch.objects.create(user=alice, target=f"thesis:{n}", level="all")

    found = taken(alice)

    names = [f"notifications/watches{end}.json" for end in ("", "-2", "-3")]
    assert [len(read(found, name)) for name in names] == [2, 2, 1]
    (line,) = [line for line in read(found, "index.json") if names[0] in line["files"]]
    assert (line["count"], line["files"]) == (5, names)


def test_taking_it_away_is_audited_and_throttled(alice, client_for, settings):
    settings.DIGI_LIMITS = settings.DIGI_LIMITS | {"exports": Rate(1, 3600)}
    client = client_for(alice)

    archive_of(client.get(EXPORT))
    again = client.get(EXPORT)

    assert again.status_code == 429
    assert audited().count("person.exported") == 1
    assert AuditEvent.objects.get(action="person.exported").actor == alice


def test_answer_is_kept_nowhere(alice, client_for):
    answer = client_for(alice).get(EXPORT)
    archive_of(answer)

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="digi-alice.zip"'
    assert not StoredFile.objects.exists()


def test_strangers_and_tokens_of_other_scopes_get_nothing(client, alice):
    assert client.get(EXPORT).status_code == 401
    for scope, status in (("me:read", 403), ("me:export", 200)):
        _, secret = tokens.create(user=alice, name=scope, scopes=[scope])
        answer = Client().get(EXPORT, headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == status, scope
        assert status == 403 or archive_of(answer).namelist()


def test_number_of_queries_is_the_same_for_one_and_three(taken, alice):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            for _ in packed(export.entries(alice)):
                pass
        return len(queries)

    Watch.objects.create(user=alice, target="thesis:0", level="all")
    one = cost()
    for n in (1, 2):
        Watch.objects.create(user=alice, target=f"thesis:{n}", level="all")

    assert cost() == one


def test_ten_thousand_rows_leave_memory_flat(alice):
    rows = [Watch(user=alice, target=f"thesis:{n}", level="all", title="x" * 250) for n in range(10_000)]
    Watch.objects.bulk_create(rows, batch_size=1000)
    for _ in packed(export.entries(alice)):
        break

    tracemalloc.start()
    size = sum(len(piece) for piece in packed(export.entries(alice)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size > 20_000
    assert peak < 6 * 1_048_576, peak


def test_archive_comes_from_a_real_server(server, alice, session_cookie):
    """There it is packed in a thread of its own, with a connection of its own."""
    from tests.client import ask

    answer = ask("GET", f"{server.url}{EXPORT}", headers={"Cookie": session_cookie(alice)})

    assert answer.status == 200, answer.body
    found = zipfile.ZipFile(io.BytesIO(answer.body))
    assert read(found, "profile.json")[0]["username"] == "alice"
