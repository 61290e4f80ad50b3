"""Each part with its faults, real ones: a dead Redis, a folder that is none, a key that is gone, a mail server's no."""

import resource
import stat

import pytest
from channels.layers import channel_layers
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from redis import Redis

from camera.services import cameras
from chat.services import rooms
from digi.management.doctor import addresses, database, deployment, files, machine, mail, redis, secrets, work
from digi.management.doctor.findings import Level
from digi.redis_urls import layer_and_cache
from digi.secrets import fresh
from tests.digi.doctor.postbox import postbox
from tests.servers import RedisServer, free_port


def _says(found) -> list[tuple[Level, str]]:
    return [(one.level, one.says) for one in found]


# Addresses and secrets


@pytest.mark.parametrize(
    ("origins", "hosts", "proxies", "said"),
    [
        (["https://digi.example"], ["digi.example"], 1, []),
        (["https://digi.example:8443"], [".example"], 1, []),
        (["https://[2001:db8::1]"], ["[2001:db8::1]"], 1, []),
        (["http://localhost:8000"], ["localhost"], 0, []),
        (
            ["https://digi.example"],
            ["www.digi.example"],
            1,
            ["fault: https://digi.example is public, and the server does"],
        ),
        (["https://digi.example", "http://digi.example"], ["digi.example"], 1, ["fault: Some origins are https"]),
        (["http://digi.example"], ["digi.example"], 0, ["care: http://digi.example is plain http"]),
        (["https://digi.example"], ["digi.example"], 0, ["care: The origins are https, and no proxy is counted."]),
        (["https://digi.example"], ["*"], 1, ["care: DIGI_ALLOWED_HOSTS answers to every name."]),
    ],
)
def test_origins_hosts_and_proxies_fit(faults, settings, origins, hosts, proxies, said):
    settings.DIGI_PUBLIC_ORIGINS, settings.ALLOWED_HOSTS, settings.DIGI_TRUSTED_PROXIES = origins, hosts, proxies
    settings.HTTPS = all(one.startswith("https") for one in origins)

    found = [f"{one.level}: {one.says}" for one in faults(addresses.examine)]

    assert len(found) == len(said)
    assert all(one.startswith(beginning) for one, beginning in zip(found, said, strict=True))


def test_secrets_that_can_be_guessed_are_faults(faults, settings, monkeypatch):
    monkeypatch.setattr(secrets, "_readable", lambda: iter(()))
    assert faults(secrets.examine) == []

    settings.SECRET_KEY, settings.DIGI_ENCRYPTION_KEYS = "secret", ["A" * 43 + "="]

    assert [one.says.split(" can ")[0] for one in faults(secrets.examine)] == [
        "DIGI_SECRET_KEY",
        "Key 1 of DIGI_ENCRYPTION_KEYS",
    ]


def test_secret_file_that_everybody_may_read_is_named(faults, monkeypatch, tmp_path):
    path = tmp_path / "secret_key"
    path.write_text("x")
    monkeypatch.setenv("DIGI_SECRET_KEY_FILE", str(path))
    path.chmod(0o644)
    open_to_all = faults(secrets.examine)
    path.chmod(stat.S_IRUSR)

    assert _says(open_to_all) == [(Level.CARE, f"Everybody on this machine may read {path}.")]
    assert faults(secrets.examine) == []


@pytest.mark.django_db
def test_lost_key_is_a_fault_and_an_old_one_in_the_list_is_none(faults, settings, person):
    rooms.open_pair(by=person("alice"), other=person("bob"))
    old, new = settings.DIGI_ENCRYPTION_KEYS[0], fresh(32)

    settings.DIGI_ENCRYPTION_KEYS = [new, old]
    kept = faults(secrets.keys)
    settings.DIGI_ENCRYPTION_KEYS = [new]
    (lost,) = faults(secrets.keys)

    assert kept == []
    assert (lost.level, lost.says) == (Level.FAULT, "No key of DIGI_ENCRYPTION_KEYS opens these: keys of message ids.")
    assert "A lost key is lost messages" in lost.mend


# Database, Redis, files


@pytest.mark.django_db
def test_missing_migration_is_a_fault(faults, settings):
    settings.DIGI_DURABLE = True
    assert faults(database.examine) == []
    MigrationRecorder(connection).record_unapplied("chat", "0001_first")

    (found,) = faults(database.examine)

    assert found.says == "Tables are older than the code: 1 migrations are missing (chat.0001_first)."


@pytest.fixture
def served(settings):
    """A Redis of this test's own, which the settings name."""
    with RedisServer() as server:
        settings.DIGI_REDIS_URL = server.url.replace("redis://", "redis://:hunter2@")
        with Redis.from_url(server.url) as client:
            client.config_set("requirepass", "hunter2")
        settings.CHANNEL_LAYERS, settings.CACHES = layer_and_cache(settings.DIGI_REDIS_URL, [])
        channel_layers.backends.clear()
        yield server
    channel_layers.backends.clear()


def test_redis_that_answers_is_fine_and_one_that_evicts_wants_a_look(faults, settings, served):
    fine = faults(redis.examine)
    with Redis.from_url(settings.DIGI_REDIS_URL) as client:
        client.config_set("maxmemory", "100mb")
        client.config_set("maxmemory-policy", "allkeys-lru")

    assert fine == []
    assert [one.says.split(" (")[0] for one in faults(redis.examine)] == ["A full Redis throws counters away"]


def test_stopped_redis_is_a_fault_and_its_password_is_not_told(faults, served):
    served.stop()

    (found,) = faults(redis.examine)

    assert found.says == f"Redis does not answer at 127.0.0.1:{served.port}: ConnectionError."
    assert "hunter2" not in found.says + found.mend


def test_several_processes_without_redis_are_a_fault(faults, monkeypatch):
    assert faults(redis.examine) == []
    monkeypatch.setenv("DIGI_WORKERS", "4")

    assert _says(faults(redis.examine)) == [
        (Level.FAULT, "DIGI_WORKERS asks for several processes, and there is no Redis.")
    ]


def test_folder_that_cannot_be_written_is_a_fault(faults, settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.DIGI_FILES = tmp_path / "file" / "uploads"

    (found,) = faults(files.examine)

    assert (found.level, found.says.startswith(f"Files cannot be kept at {settings.DIGI_FILES}")) == (Level.FAULT, True)


@pytest.mark.parametrize(("free", "level"), [(5, Level.CARE), (1, Level.FAULT)])
def test_full_disk(faults, monkeypatch, free, level):
    monkeypatch.setattr(files, "disk", lambda: (free, 100))

    assert [one.level for one in faults(files.examine)] == [level]


def test_static_files_that_were_not_collected_are_a_fault(faults, settings, tmp_path):
    settings.SERVESTATIC_USE_FINDERS = False
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "digi.static_files.HashedModules"}}

    (none,) = faults(files.static)
    (tmp_path / "staticfiles.json").write_text(
        '{"version": "1.1", "paths": {"css/base.css": "css/base.1.css"}, "hash": ""}'
    )
    (old,) = faults(files.static)

    assert none.says == f"No static files lie in {tmp_path}: every page answers 500."
    assert old.says.startswith("Static files are older than the code: ")


# Mail


def test_test_mail_is_sent_and_the_servers_answer_told(settings):
    with postbox(settings) as answers:
        found = list(mail.examine("ada@example.org"))

    assert [one.level for one in found] == [Level.FINE, Level.FINE]
    assert found[1].says == "A test mail to ada@example.org was taken: 250 2.0.0 Ok: queued as 4711"
    assert b"To: ada@example.org" in answers.mails[0]
    assert b"mails from this server arrive" in answers.mails[0]


def test_connecting_alone_sends_nothing(faults, settings):
    with postbox(settings) as answers:
        assert faults(mail.examine) == []
    assert answers.mails == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"recipient": "550 No such person here"}, "refuses ada@example.org: 550 No such person here"),
        ({"mail": "554 Looks like spam"}, "refuses the mail: 554 Looks like spam"),
    ],
)
def test_no_of_the_mail_server_is_told_in_its_own_words(faults, settings, said, told):
    with postbox(settings, **said):
        (found,) = faults(mail.examine, "ada@example.org")

    assert (found.level, found.says.partition(" ")[2]) == (Level.FAULT, told)


def test_mail_server_that_is_not_there_is_a_fault(faults, settings):
    with postbox(settings):
        pass

    (found,) = faults(mail.examine)

    assert found.says.startswith(f"No mail server answers at 127.0.0.1:{settings.EMAIL_PORT}: ConnectionRefusedError")


def test_mails_that_only_reach_the_log_want_a_look_and_cannot_be_tested(faults, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

    assert [one.level for one in faults(mail.examine)] == [Level.CARE]
    assert [one.level for one in faults(mail.examine, "ada@example.org")] == [Level.FAULT]


# The machine, cameras, Django's own checks


def test_few_open_files_want_a_look(faults):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    try:
        found = faults(machine.examine)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert _says(found) == [(Level.CARE, "A process may open 1024 files, and each socket is one.")]


@pytest.mark.django_db
def test_recordings_need_a_way_to_the_server(faults, settings):
    settings.DIGI_INTERNAL_URL = f"http://127.0.0.1:{free_port()}"
    without = faults(work.cameras)
    cameras.create(slug="lab", name="Lab", by=None)

    assert without == []
    assert _says(faults(work.cameras)) == [
        (Level.CARE, f"From here no server answers at {settings.DIGI_INTERNAL_URL}: URLError.")
    ]


def test_what_django_finds_is_passed_on(faults, settings):
    settings.SESSION_COOKIE_SECURE = settings.SECURE_SSL_REDIRECT = False
    settings.HTTPS = True
    secure = " ".join(one.says for one in faults(deployment.examine))
    settings.HTTPS = False
    plain = " ".join(one.says for one in faults(deployment.examine))

    assert ("security.W012" in secure, "security.W012" in plain) == (True, False)
    assert "security.W008" not in secure + plain
