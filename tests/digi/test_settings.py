"""What settings make of the environment. Each case runs the file afresh, as a new process would."""

import os
import runpy

import pytest
from django.core.exceptions import ImproperlyConfigured

from digi.secrets import LENGTHS, fresh
from tests.servers import ROOT

SECRETS = {name: fresh(length) for name, length in LENGTHS.items()}
PRODUCTION = {
    **SECRETS,
    "DIGI_DEBUG": "0",
    "DIGI_ALLOWED_HOSTS": "digi.example, www.digi.example",
    "DIGI_PUBLIC_ORIGINS": "https://digi.example,https://www.digi.example/",
}


@pytest.fixture
def load(monkeypatch):
    def run(**environment):
        for name in [name for name in os.environ if name.startswith("DIGI_")]:
            monkeypatch.delenv(name)
        for name, value in {"DIGI_DOTENV": os.devnull, **environment}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "digi" / "settings.py"))

    return run


def test_nothing_set_is_development_on_a_file_with_keys_of_its_own(load):
    settings = load()

    assert settings["DEBUG"] is True
    assert settings["DATABASES"]["default"]["NAME"] == str(ROOT / "var" / "digi.sqlite3")
    assert settings["CHANNEL_LAYERS"]["default"]["BACKEND"] == "channels.layers.InMemoryChannelLayer"
    assert settings["SECRET_KEY"] == (ROOT / "var" / "secret_key").read_text().strip()
    assert (ROOT / "var" / "encryption_keys").stat().st_mode & 0o077 == 0


def test_production_names_every_missing_variable_and_how_to_make_it(load):
    with pytest.raises(ImproperlyConfigured) as refused:
        load(DIGI_DEBUG="0", DIGI_SECRET_KEY="", DIGI_ALLOWED_HOSTS="digi.example")

    assert str(refused.value) == (
        "DIGI_DEBUG=0 needs DIGI_SECRET_KEY, DIGI_ENCRYPTION_KEYS, DIGI_PUBLIC_ORIGINS. Set each, or NAME_FILE to a "
        "file that holds it; `python -m digi.secrets` prints fresh ones."
    )


def test_production_takes_its_secrets_from_files(load, tmp_path):
    files = {}
    for name, value in SECRETS.items():
        (tmp_path / name).write_text(f"{value}\n")
        files[f"{name}_FILE"] = str(tmp_path / name)
    public = {name: value for name, value in PRODUCTION.items() if name not in SECRETS}

    settings = load(**public, **files)

    assert settings["SECRET_KEY"] == SECRETS["DIGI_SECRET_KEY"]
    assert settings["DIGI_ENCRYPTION_KEYS"] == [SECRETS["DIGI_ENCRYPTION_KEYS"]]


def test_other_secret_keys_are_believed_and_former_receipts_known(load):
    settings = load(**PRODUCTION, DIGI_SECRET_KEY_FALLBACKS="former, coming", DIGI_RECEIPT_KEYS="a=,b=")

    assert settings["SECRET_KEY"] == SECRETS["DIGI_SECRET_KEY"]
    assert settings["SECRET_KEY_FALLBACKS"] == ["former", "coming"]
    assert settings["DIGI_RECEIPT_KEYS"] == ["a=", "b="]
    assert load(**PRODUCTION)["SECRET_KEY_FALLBACKS"] == []


def test_missing_secret_file_is_named(load):
    with pytest.raises(ImproperlyConfigured, match="DIGI_SECRET_KEY_FILE names a file that cannot be read: /nowhere"):
        load(**{**PRODUCTION, "DIGI_SECRET_KEY_FILE": "/nowhere"})


def test_all_origins_https_makes_cookies_and_headers_strict(load):
    settings = load(**PRODUCTION)

    assert settings["DEBUG"] is False
    assert settings["ALLOWED_HOSTS"] == ["digi.example", "www.digi.example"]
    assert settings["DIGI_PUBLIC_ORIGINS"] == ["https://digi.example", "https://www.digi.example"]
    assert (settings["SESSION_COOKIE_NAME"], settings["CSRF_COOKIE_NAME"]) == ("__Host-sessionid", "__Host-csrftoken")
    assert settings["SESSION_COOKIE_SECURE"] is settings["CSRF_COOKIE_SECURE"] is True
    assert settings["SECURE_HSTS_SECONDS"] == 31_536_000
    assert settings["DATABASES"]["default"]["OPTIONS"]["init_command"].endswith("PRAGMA synchronous=FULL;")


def test_one_plain_origin_makes_cookies_that_plain_http_can_carry(load):
    settings = load(**{**PRODUCTION, "DIGI_PUBLIC_ORIGINS": "https://digi.example,http://digi.lan"})

    assert (settings["SESSION_COOKIE_NAME"], settings["CSRF_COOKIE_NAME"]) == ("sessionid", "csrftoken")
    assert settings["SESSION_COOKIE_SECURE"] is settings["CSRF_COOKIE_SECURE"] is False
    assert settings["SECURE_HSTS_SECONDS"] == 0


def test_bench_runs_productions_code_on_developments_keys_for_this_machine_only(load):
    settings = load(DIGI_BENCH="1", DIGI_ALLOWED_HOSTS="digi.example")

    assert settings["DEBUG"] is False
    assert settings["DIGI_DURABLE"] is True
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert settings["SECRET_KEY"] == (ROOT / "var" / "secret_key").read_text().strip()


def test_redis_carries_layer_and_cache_and_its_events_are_sealed(load):
    settings = load(**PRODUCTION, DIGI_REDIS_URL="redis://redis:6379/0")

    layer = settings["CHANNEL_LAYERS"]["default"]
    assert layer["BACKEND"] == "digi.realtime.connections.Layer"
    assert layer["CONFIG"]["url"] == "redis://redis:6379/0"
    assert len(layer["CONFIG"]["symmetric_encryption_keys"]) == 1
    assert SECRETS["DIGI_ENCRYPTION_KEYS"] not in layer["CONFIG"]["symmetric_encryption_keys"]
    assert settings["CACHES"]["default"]["LOCATION"] == "redis://redis:6379/0"


def test_postgresql_gives_up_a_host_that_was_cut_off_and_an_installation_may_say_otherwise(load):
    settings = load(**PRODUCTION, DIGI_DATABASE_URL="postgres://digi:secret@db/digi?tcp_user_timeout=9000")

    options = settings["DATABASES"]["default"]["OPTIONS"]
    assert int(options["tcp_user_timeout"]) == 9000
    assert (options["connect_timeout"], options["keepalives_idle"]) == (5, 3)
    assert "-c tcp_user_timeout=5000" in options["options"]


def test_sql_server_is_set_up_as_it_was_measured_to_work(load):
    settings = load(**PRODUCTION, DIGI_DATABASE_URL="mssql://digi:p%40ss@db:1433/digi")

    database = settings["DATABASES"]["default"]
    assert (database["ENGINE"], database["PASSWORD"]) == ("mssql", "p@ss")
    assert database["OPTIONS"]["python_driver"] == "mssql_python"
    assert database["OPTIONS"]["return_rows_bulk_insert"] is True


def test_webhooks_go_to_https_in_production_and_anywhere_public_in_development(load):
    production, development = load(**PRODUCTION), load()

    assert (production["DIGI_WEBHOOK_HTTP"], production["DIGI_WEBHOOK_PORTS"]) == (False, {443, 8443})
    assert (development["DIGI_WEBHOOK_HTTP"], development["DIGI_WEBHOOK_PORTS"]) == (True, frozenset())
    assert production["DIGI_WEBHOOK_INTERNAL"] == development["DIGI_WEBHOOK_INTERNAL"] == (frozenset(), ())


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"DIGI_DEBUG": "maybe"}, "DIGI_DEBUG must be 1 or 0, not 'maybe'."),
        ({"DIGI_ROOT_PATH": "forum"}, "DIGI_ROOT_PATH is a path such as /forum, not forum."),
        ({"DIGI_PUBLIC_ORIGINS": "digi.example"}, "DIGI_PUBLIC_ORIGINS lists whole origins, such as https://digi.example."),
        ({"DIGI_TRUSTED_PROXIES": "-1"}, "DIGI_TRUSTED_PROXIES must be a whole number, zero or more."),
        ({"DIGI_LIMIT_FRAMES": "many"}, "DIGI_LIMIT_FRAMES must look like 20/5s: how many, over how many seconds."),
        ({"DIGI_ENCRYPTION_KEYS": "c2hvcnQ="}, "DIGI_ENCRYPTION_KEYS: key 1 is not 32 bytes in base64."),
        ({"DIGI_ENCRYPTION_KEYS": ","}, "DIGI_ENCRYPTION_KEYS holds no key."),
    ],
)  # fmt: skip
def test_wrong_variable_is_one_sentence_that_names_it(load, environment, complaint):
    with pytest.raises(ImproperlyConfigured) as refused:
        load(**environment)

    assert str(refused.value) == complaint


def test_dotenv_fills_what_the_environment_leaves_open(load, tmp_path):
    (tmp_path / "env").write_text("DIGI_NAME=From the file\nDIGI_TIME_ZONE=Europe/Vienna\n")

    settings = load(DIGI_DOTENV=str(tmp_path / "env"), DIGI_NAME="From outside")

    assert (settings["DIGI_NAME"], settings["DIGI_TIME_ZONE"]) == ("From outside", "Europe/Vienna")


def test_every_variable_stands_in_the_example():
    import re

    example = (ROOT / ".env.example").read_text()
    read = set()
    for path in [*ROOT.glob("digi/*.py"), *ROOT.glob("digi/server/*.py")]:
        read |= set(re.findall(r"""["'](DIGI_[A-Z_]+)["']""", path.read_text()))
    settings_only = {"DIGI_LIMITS"}

    missing = sorted(name for name in read - settings_only if name not in example)

    assert missing == []
