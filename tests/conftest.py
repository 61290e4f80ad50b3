"""What every test may ask for. Importing `tests.environment` comes first: it decides what Django reads."""

from tests.environment import DIRECTORY  # isort: skip

from collections.abc import Callable, Iterator
from uuid import uuid4

import django
import hypothesis
import pytest
from django.conf import settings

django.setup()
settings.DEBUG = False  # as in every test, and already now: which routes there are is decided when they are read

from channels.layers import channel_layers  # noqa: E402 - they need Django's apps
from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, TransactionTestCase  # noqa: E402
from django.utils import timezone, translation  # noqa: E402

from digi.realtime import outbox  # noqa: E402
from tests import emptying, passes  # noqa: E402
from tests.s3 import ACCESS, SECRET, S3Place, S3Server  # noqa: E402
from tests.servers import DaphneServer, RedisServer, running  # noqa: E402

settings.PASSWORD_HASHERS = ["tests.hashers.QuickHasher", *settings.PASSWORD_HASHERS]
if settings.DATABASES["default"]["ENGINE"] == "digi.sqlite":
    test = settings.DATABASES["default"].setdefault("TEST", {})
    test["NAME"] = str(DIRECTORY / "digi.sqlite3")  # a file, which the servers share

# How long a machine takes over an example says nothing about what is tested.
QUICK = hypothesis.HealthCheck.too_slow
hypothesis.settings.register_profile("digi", deadline=None, suppress_health_check=[QUICK])
hypothesis.settings.load_profile("digi")

PASSWORD = "correct horse battery"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    passes.mark(items)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The test database; sessions that threads of the application still hold do not keep it from being dropped."""
    if connection.vendor == "microsoft":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptying.empty)
        yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")


@pytest.fixture(autouse=True)
def _nobodys_language() -> None:
    """A request of the test before has left its person's language and time zone to this thread."""
    translation.deactivate()
    timezone.deactivate()


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


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory) -> Iterator[S3Server]:
    """An S3-compatible server of this run's own. A test that stops it starts it again."""
    with S3Server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def s3(s3_server, settings, tmp_path) -> Iterator[S3Place]:
    """Have files lie in a bucket, below a prefix of the test's own. Nothing is left on this machine in the end."""
    place = s3_server.place(f"departments/{uuid4().hex}")
    settings.DIGI_FILES, settings.DIGI_SPOOL = place.address, tmp_path / "spool"
    settings.DIGI_S3_ACCESS_KEY, settings.DIGI_S3_SECRET_KEY = ACCESS, SECRET
    yield place
    left = [path for path in settings.DIGI_SPOOL.rglob("*") if path.is_file()]
    assert not left, "files were left in the spool"


@pytest.fixture(autouse=True)
def _layer_of_this_pass(request: pytest.FixtureRequest) -> None:
    """On Redis goes what is marked `layer` and chooses no layer of its own, where DIGI_TEST_LAYER says so."""
    if passes.ON_REDIS and request.node.get_closest_marker("layer") and "layer" not in request.fixturenames:
        request.getfixturevalue("_on_redis")


@pytest.fixture
def _on_redis(redis_url: str, settings) -> Iterator[None]:
    settings.CHANNEL_LAYERS = redis_layer(redis_url)
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()


@pytest.fixture(params=passes.LAYERS)
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
    """What settings make of DIGI_REDIS_URL, in the clear."""
    return {"default": {"BACKEND": "digi.realtime.connections.Layer", "CONFIG": {"url": url}}}


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


@pytest.fixture
def no_other_server(_shared_servers) -> None:
    """For what looks at all server processes there are: the shared ones end, and start again when they are wanted."""
    while _shared_servers:
        _shared_servers.popitem()[1].stop()


def _shared(servers: dict[str, DaphneServer], layer: str, redis_url: str = "") -> DaphneServer:
    if layer not in servers:
        servers[layer] = DaphneServer(redis_url=redis_url).start()
    return servers[layer]


@pytest.fixture
def server(request, _shared_servers, transactional_db) -> DaphneServer:
    """Daphne, shared by the worker's tests; rows written by a test are seen by it at once.

    It is on the in-memory layer, or on Redis where DIGI_TEST_LAYER says so.
    """
    redis_url = request.getfixturevalue("redis_url") if passes.ON_REDIS else ""
    return _shared(_shared_servers, passes.LAYERS[0], redis_url)


@pytest.fixture(params=passes.LAYERS)
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
