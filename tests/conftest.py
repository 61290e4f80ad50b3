"""What every test may ask for. Importing `tests.environment` comes first: it decides what Django reads."""

from tests.environment import DIRECTORY  # isort: skip

from collections.abc import Callable, Iterator

import django
import pytest
from django.conf import settings

django.setup()

from channels.layers import channel_layers  # noqa: E402 - they need Django's apps
from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from digi.realtime import outbox  # noqa: E402
from tests.servers import DaphneServer, RedisServer, running  # noqa: E402

settings.PASSWORD_HASHERS = ["tests.hashers.QuickHasher", *settings.PASSWORD_HASHERS]
if settings.DATABASES["default"]["ENGINE"] == "digi.sqlite":
    test = settings.DATABASES["default"].setdefault("TEST", {})
    test["NAME"] = str(DIRECTORY / "digi.sqlite3")  # a file, which the servers share

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The test database; sessions that threads of the application still hold do not keep it from being dropped."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")


@pytest.fixture(autouse=True)
def _fresh_counters() -> Iterator[None]:
    """Rate limits and throttles count in the cache; one test's attempts must not stop the next."""
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _no_hub_left() -> Iterator[None]:
    """A hub that a test leaves open takes on what the next tests publish, and hands it to nobody."""
    yield
    left = list(outbox._offices)
    outbox._offices.clear()
    assert not left, "this test has left a hub open"


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis of this run's own. A test that stops it starts it again."""
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url(redis_server: RedisServer) -> str:
    return redis_server.url


@pytest.fixture(params=["memory", "redis"])
def layer(request: pytest.FixtureRequest, settings) -> Iterator[str]:
    """Run the test on the in-memory layer and again on Redis; its name is the value."""
    if request.param == "redis":
        settings.CHANNEL_LAYERS = redis_layer(request.getfixturevalue("redis_url"))
    else:
        settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    channel_layers.backends.clear()
    yield request.param
    channel_layers.backends.clear()


def redis_layer(url: str) -> dict:
    """What settings make of DIGI_REDIS_URL."""
    host = {"address": url, "socket_timeout": None, "socket_connect_timeout": 5, "max_connections": 10000}
    return {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [host]}}}


@pytest.fixture
def person(db) -> Callable[..., object]:
    """Make a person: `person("alice")`, with a verified address and PASSWORD; further fields by keyword."""

    def make(username: str, **fields):
        from allauth.account.models import EmailAddress

        from digi.accounts.models import User

        fields.setdefault("email", f"{username}@example.org")
        fields.setdefault("display_name", username.title())
        user = User.objects.create_user(username, password=PASSWORD, **fields)
        if user.email:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    return make


@pytest.fixture
def client_for() -> Callable[[object], Client]:
    """A test client signed in as a person, with a real session."""

    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return sign_in


@pytest.fixture
def start_server(transactional_db) -> Iterator[Callable[..., DaphneServer]]:
    """Start Daphne for this test alone: `start_server(redis_url=…, DIGI_LIMIT_SOCKETS="2")`."""
    started: list[DaphneServer] = []

    def start(**options) -> DaphneServer:
        server = DaphneServer(**options)
        started.append(server)
        return server.start()

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def _shared_servers(django_db_setup) -> Iterator[dict[str, DaphneServer]]:
    servers: dict[str, DaphneServer] = {}
    yield servers
    for server in servers.values():
        server.stop()


def _shared(servers: dict[str, DaphneServer], layer: str, redis_url: str = "") -> DaphneServer:
    if layer not in servers:
        servers[layer] = DaphneServer(redis_url=redis_url).start()
    return servers[layer]


@pytest.fixture
def server(_shared_servers, transactional_db) -> DaphneServer:
    """Daphne on the in-memory layer, shared by the worker's tests; rows written by a test are seen by it at once."""
    return _shared(_shared_servers, "memory")


@pytest.fixture(params=["memory", "redis"])
def server_on_each_layer(request, _shared_servers, transactional_db) -> DaphneServer:
    """As `server`; the test runs on the in-memory layer and again on Redis."""
    redis_url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    return _shared(_shared_servers, request.param, redis_url)


@pytest.fixture
def session_cookie(client_for) -> Callable[[object], str]:
    """The `Cookie` header of a person's fresh session, for clients that speak to a server."""

    def make(user) -> str:
        name = settings.SESSION_COOKIE_NAME
        return f"{name}={client_for(user).cookies[name].value}"

    return make


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Show what the servers have said when a test fails."""
    report = yield
    if report.failed:
        report.sections += [(f"Log of {name}", process.output()[-8000:]) for name, process in running().items()]
    return report
