"""The environment that every test runs in, and the servers that tests start: set before Django reads it.

The first process makes a folder for the run, and the database server where DIGI_TEST_DATABASE_URL is the word
`postgres`; pytest-xdist's workers inherit both.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from digi.secrets import LENGTHS, fresh

if "DIGI_TEST_DIRECTORY" not in os.environ:
    os.environ["DIGI_TEST_DIRECTORY"] = tempfile.mkdtemp(prefix="digi-tests-")
    atexit.register(shutil.rmtree, os.environ["DIGI_TEST_DIRECTORY"], ignore_errors=True)

    kept = {"DIGI_CHAOS", "DIGI_TEST_DATABASE_URL", "DIGI_TEST_DIRECTORY", "DIGI_TEST_LAYER"}
    for name in [name for name in os.environ if name.startswith("DIGI_") and name not in kept]:
        del os.environ[name]  # a developer's own settings must not decide what passes
    os.environ.update({name: fresh(length) for name, length in LENGTHS.items()})

DIRECTORY = Path(os.environ["DIGI_TEST_DIRECTORY"])
QUEUE = DIRECTORY / f"queue-{os.environ.get('PYTEST_XDIST_WORKER', 'only')}.sqlite3"  # a worker takes all that is in it
if os.environ.get("DIGI_TEST_DATABASE_URL") == "postgres":
    from tests.postgres import PostgresServer  # it wants the folder

    _server = PostgresServer().start()
    atexit.register(_server.remove)
    os.environ["DIGI_TEST_DATABASE_URL"] = _server.url

os.environ.update(
    DJANGO_SETTINGS_MODULE="digi.settings",
    DIGI_DOTENV=os.devnull,
    DIGI_DATABASE_URL=os.environ.get("DIGI_TEST_DATABASE_URL") or f"sqlite:///{DIRECTORY}/unused.sqlite3",
    DIGI_FILES=str(DIRECTORY / "files"),
    DIGI_QUEUE=str(QUEUE),
    DIGI_EMAIL_URL=f"filemail:///{DIRECTORY}/mail",
    DIGI_LOG_LEVEL="WARNING",
)
