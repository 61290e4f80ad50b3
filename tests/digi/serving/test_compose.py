"""docker-compose.yml and its overrides: what every service is denied, bounded by and asked; what a database changes."""

import re
from urllib.parse import urlsplit

import pytest

from tests.digi.serving.composed import BASE, POSTGRES, S3, SQLITE, project
from tests.servers import ROOT

WAYS = {"SQL Server": [BASE], "PostgreSQL": [BASE, POSTGRES], "SQLite": [BASE, SQLITE]}
ONCE = {"secrets", "init"}
SERVICES = [(way, name) for way, names in WAYS.items() for name in project(*names)["services"]]
OTHERWISE = {  # what the compose files, the image or a volume of secrets decide
    *(
        "DIGI_DEBUG",
        "DIGI_BENCH",
        "DIGI_DOTENV",
        "DIGI_DEMO_PASSWORD",
        "DIGI_CAMERA_TOKEN",
        "DIGI_SSL_REDIRECT",
        "DIGI_WEBSOCKET_URL",
    ),
    *("DIGI_HOST", "DIGI_PORT", "DIGI_WORKERS", "DIGI_DRAIN_SECONDS", "DIGI_BODY_LIMIT", "DIGI_INTERNAL_URL"),
    *("DIGI_SECRET_KEY", "DIGI_ENCRYPTION_KEYS", "DIGI_REDIS_URL", "DIGI_DATABASE_URL", "DIGI_DATABASE_EXTRA"),
    *("DIGI_DURABLE", "DIGI_QUEUE", "DIGI_SPOOL", "DIGI_STATIC_ROOT", "DIGI_WORKER_PULSE"),
}
SECRET = re.compile(r"(?i)(password|secret|key|token)s?$")


@pytest.fixture(params=SERVICES, ids=[f"{name} with {way}" for way, name in SERVICES])
def service(request):
    way, name = request.param
    return name, project(*WAYS[way])["services"][name]


def test_service_is_nobody_who_may_nothing(service):
    _, made = service

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", made["user"])
    assert made["cap_drop"] == ["ALL"]
    assert set(made.get("cap_add", [])) <= {"NET_BIND_SERVICE"}
    assert made["security_opt"] == ["no-new-privileges:true"]
    assert made["read_only"] or "mssql/server" in made["image"]
    assert "privileged" not in made


def test_service_is_bounded_in_all_it_takes(service):
    _, made = service

    assert set(made["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert made["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert all("mode=" in place or place == "/data" for place in made.get("tmpfs", []))


def test_service_is_asked_how_it_is_unless_it_ends_by_itself(service):
    name, made = service

    assert made["restart"] == ("no" if name in ONCE else "unless-stopped")
    assert made["healthcheck"] == {"disable": True} if name in ONCE else made["healthcheck"]["test"]
    assert "latest" not in made["image"]
    assert made["image"] == "digi" or ":" in made["image"]


def test_secrets_are_files(service):
    name, made = service

    for variable, value in (made.get("environment") or {}).items():
        assert not SECRET.search(variable), f"{name} has {variable} in its environment"
        assert "_FILE" in variable or not urlsplit(value).password
    for volume in made.get("volumes", []):
        source, _, options = volume.partition(":")
        if source.endswith("secret") or source == "secrets":
            assert options.endswith(":ro") or name == "secrets"


@pytest.mark.parametrize("names", WAYS.values(), ids=WAYS)
def test_services_wait_for_what_they_need(names):
    services = project(*names)["services"]

    for made in services.values():
        for needed, how in made.get("depends_on", {}).items():
            once = needed in ONCE
            assert how == {"condition": "service_completed_successfully" if once else "service_healthy"}
            assert needed in services
    assert "init" in services["web"]["depends_on"]
    assert "secrets" in services["init"]["depends_on"]


@pytest.mark.parametrize("names", WAYS.values(), ids=WAYS)
def test_databases_and_redis_are_reached_from_inside_alone(names):
    made = project(*names)

    assert made["networks"]["inside"] == {"internal": True}
    for name in {"redis", "database"} & set(made["services"]):
        assert made["services"][name]["networks"] == ["inside"]
    assert [name for name, service in made["services"].items() if "ports" in service] == ["proxy"]
    used = {volume.partition(":")[0] for service in made["services"].values() for volume in service.get("volumes", [])}
    assert {name for name in used if not name.startswith((".", "/"))} == set(made["volumes"])


def test_servers_have_more_time_to_end_than_they_take():
    services = project(BASE)["services"]

    drain = int(re.search(r"#DIGI_DRAIN_SECONDS=(\d+)", (ROOT / ".env.example").read_text())[1])
    for name in ("web", "worker", "proxy"):
        assert int(services[name]["stop_grace_period"].rstrip("s")) >= 2 * drain


def test_two_servers_share_a_database_server_and_one_has_a_file():
    replicas = {way: project(*names)["services"]["web"]["deploy"]["replicas"] for way, names in WAYS.items()}
    sqlite = project(BASE, SQLITE)["services"]

    assert {way: int(count) for way, count in replicas.items()} == {"SQL Server": 2, "PostgreSQL": 2, "SQLite": 1}
    assert "database" not in sqlite
    assert {sqlite[name]["environment"]["DIGI_DATABASE_URL"] for name in ("init", "web", "worker")} == {
        "sqlite:////data/digi.sqlite3"
    }


def test_domain_switches_tls_on():
    here, world = project(BASE)["services"], project(BASE, DIGI_DOMAIN="digi.example")["services"]

    assert here["proxy"]["ports"] == ["127.0.0.1:8000:8000"]
    assert here["proxy"]["environment"]["DIGI_SITE"] == ":8000"
    assert here["web"]["environment"]["DIGI_PUBLIC_ORIGINS"] == "http://localhost:8000,http://127.0.0.1:8000"
    assert world["proxy"]["ports"] == ["80:80", "443:443", "443:443/udp"]
    assert world["proxy"]["environment"]["DIGI_SITE"] == "digi.example"
    for name in ("web", "worker", "init"):
        assert world[name]["environment"]["DIGI_PUBLIC_ORIGINS"] == "https://digi.example"
        assert world[name]["environment"]["DIGI_ALLOWED_HOSTS"] == "digi.example"


@pytest.mark.parametrize("names", WAYS.values(), ids=WAYS)
def test_first_administrator_comes_by_a_link_or_with_a_password_from_a_file(names):
    prepared = {"DIGI_ADMIN_EMAIL": "ada@digi.example", "DIGI_ADMIN_PASSWORD_FILE": "./admin_password"}
    here, given = project(*names)["services"], project(*names, **prepared)["services"]

    place = "/run/digi/admin_password"
    assert here["init"]["environment"]["DIGI_ADMIN_PASSWORD_FILE"] == ""
    assert f"/dev/null:{place}:ro" in here["init"]["volumes"]
    assert given["init"]["environment"]["DIGI_ADMIN_PASSWORD_FILE"] == place
    assert f"./admin_password:{place}:ro" in given["init"]["volumes"]
    assert [name for name, made in given.items() if "DIGI_ADMIN_EMAIL" in (made.get("environment") or {})] == ["init"]


def test_university_signs_in_with_a_secret_from_a_file():
    given = {"DIGI_OIDC_ISSUER": "https://login.example", "DIGI_OIDC_CLIENT_SECRET_FILE": "./oidc_client_secret"}
    services, without = project(BASE, **given)["services"], project(BASE)["services"]

    place = "/run/digi/oidc_client_secret"
    for name in ("init", "web", "worker"):
        assert services[name]["environment"]["DIGI_OIDC_ISSUER"] == "https://login.example"
        assert services[name]["environment"]["DIGI_OIDC_CLIENT_SECRET_FILE"] == place
        assert f"./oidc_client_secret:{place}:ro" in services[name]["volumes"]
        assert without[name]["environment"]["DIGI_OIDC_CLIENT_SECRET_FILE"] == ""


def test_image_holds_what_the_build_needs_and_nobody_runs_it_as_root():
    text = (ROOT / "Dockerfile").read_text()

    kept = (ROOT / ".dockerignore").read_text().split()
    assert kept[0] == "*"
    assert "!requirements-image.txt" in kept
    assert "--require-hashes" in text
    assert text.count("USER") == 1
    assert "\nUSER 10001:10001\n" in text
    assert not re.search(r"^(ARG|ENV).*(PASSWORD|KEY=)", text, re.MULTILINE)


def test_what_env_says_is_what_the_compose_files_hand_on():
    known = set(re.findall(r"^#(DIGI_\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    texts = [(ROOT / name).read_text() for name in (BASE, POSTGRES, SQLITE, S3)]
    texts += [path.read_text() for path in (ROOT / "deploy/docker").glob("*.yml")]

    used = set(re.findall(r"\$\{(DIGI_\w+)", "".join(texts)))
    assert {name for name in used if not known & {name, name.removesuffix("_FILE")}} == set()
    handed = used | {name.removesuffix("_FILE") for name in used}
    assert {name for name in known if name not in handed} == OTHERWISE


def test_proxy_believes_no_client():
    text = (ROOT / "deploy/docker/Caddyfile").read_text()

    for header in ("Daphne-Root-Path", "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-IP", "Forwarded"):
        assert f"header_up -{header}\n" in text
    assert "max_size 12MiB" in text


def test_a_bucket_is_known_to_whoever_keeps_files():
    given = {"DIGI_FILES": "s3://digi?endpoint=https://s3.example", "DIGI_S3_SECRET_KEY_FILE": "./secret_key"}

    services = project(BASE, POSTGRES, S3, **given)["services"]

    told = {name for name, made in services.items() if (made.get("environment") or {}).get("DIGI_FILES")}
    assert told == {"init", "web", "worker"}
    for name in told:
        assert services[name]["environment"]["DIGI_FILES"] == given["DIGI_FILES"]
        assert services[name]["environment"]["DIGI_DATABASE_URL_FILE"] == "/secrets/postgres_url"
        assert {"data:/data", "./secret_key:/run/digi/s3_secret_key:ro"} <= set(services[name]["volumes"])
