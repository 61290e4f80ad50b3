"""Which tests `make test` runs a second time, on PostgreSQL and Redis.

`db`: what it tells may depend on the database. That is every test that touches one, but for those about browsers,
faults of machines and ways of serving, and for pages, the admin and who may come in: those show what services and the
API have read, which are tested beside them. Of a test with many cases one is taken.
`layer`: events go through the channel layer, of the test's own process or of a server it starts.
A module may add either by itself, to all cases, where this says too little: `pytestmark = pytest.mark.db`.
"""

import os
from collections import defaultdict
from fnmatch import fnmatch
from math import ceil
from pathlib import Path

import pytest

CASES = 1
DATABASE = {"db", "transactional_db"}
LAYER = {"layer", "house", "inbox", "live", "sockets", "server", "server_on_each_layer"}
ELSEWHERE = ("bench/*", "camera/agent/*", "chaos/*", "digi/serving/*", "digi/server/*", "e2e/*")
SERVING = ("digi/test_serving.py", "digi/test_unix_sockets.py")
ON_SQLITE = ("digi/backup/*", "digi/sqlite/*", "digi/test_*sql_server.py")  # they open files, or play another's part
SLOW = (
    "thesis/test_schema.py",
    "thesis/test_exports.py",
    "camera/edges/test_api_lists.py",
    "digi/test_api.py",
    "*/test_recorder.py",
)
PAGES = ("*/pages/*", "*/test_page*.py", "*_pages.py", "*/test_admin*.py")
DOORS = ("*_access.py", "*_permissions.py", "*_strangers.py")

ON_REDIS = os.environ.get("DIGI_TEST_LAYER") == "redis"
LAYERS = ["redis"] if ON_REDIS else ["memory", "redis"]


def mark(items: list[pytest.Item]) -> None:
    tests: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        path = item.path.relative_to(Path(__file__).parent).as_posix()
        if _is_any(path, ELSEWHERE + SERVING + ON_SQLITE + SLOW):
            continue
        if LAYER & set(item.fixturenames):
            item.add_marker("layer")
        if _asks_the_database(item) and not _is_any(path, PAGES + DOORS):
            tests[item.nodeid.partition("[")[0]].append(item)
    for cases in tests.values():
        for item in cases[:: ceil(len(cases) / CASES)]:
            item.add_marker("db")


def _asks_the_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or bool(DATABASE & set(item.fixturenames))


def _is_any(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)
