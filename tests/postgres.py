"""A PostgreSQL of the tests' own: Debian's programs, a cluster in a folder for the run, a free port of 127.0.0.1."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self

import psycopg

from tests.servers import Process, free_port

NAME = "digi"
COLLATION = ["--locale-provider", "icu", "--icu-locale", "en"]  # sorts as people do, unlike SQLite's bytes
FOR_TESTS = {  # quick, and deaf to a power cut: nothing in it outlives the run
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
    "autovacuum_naptime": "1h",
    "shared_buffers": "256MB",
    "max_connections": "300",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}


def program(name: str) -> str:
    """Where a program of the newest PostgreSQL lies; Debian keeps them out of the path."""
    found = [str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    newest = max(found, key=lambda path: int(Path(path).parts[4]), default=None)
    path = newest or shutil.which(name)
    assert path, "There is no PostgreSQL: sudo apt-get install postgresql"
    return path


class PostgresServer(Process):
    """An empty database `digi`, whose owner may make more. `stop()` or `kill()` and `start()` again keep port and rows.

    PostgreSQL refuses to run as root: there it runs as the user that its package has made.
    """

    ending = signal.SIGINT  # SIGTERM would wait for every client to go

    def __init__(self) -> None:
        self.user = "postgres" if os.getuid() == 0 else None
        self.port = free_port()
        self.password = secrets.token_hex(16)
        self.folder = Path(tempfile.mkdtemp(prefix="digi-postgres-"))
        self.data = self.folder / "data"
        options = [f"--{name}={value}" for name, value in {**FOR_TESTS, "port": self.port}.items()]
        super().__init__([program("postgres"), "-D", str(self.data), *options], name="postgres")

    @property
    def url(self) -> str:
        return f"postgres://{NAME}:{self.password}@127.0.0.1:{self.port}/{NAME}"

    def start(self) -> Self:
        fresh = not self.data.exists()
        if fresh:
            self._initialise()
        super().start()
        if fresh:
            with self._link() as link:
                link.execute(f"CREATE DATABASE {NAME}")
        return self

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError), self._link():
            return True
        return False

    def remove(self) -> None:
        """End it and delete all it held."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __exit__(self, *_) -> None:
        self.remove()

    def _link(self) -> psycopg.Connection:
        parts = {"host": "127.0.0.1", "port": self.port, "user": NAME, "password": self.password}
        return psycopg.connect(dbname="postgres", autocommit=True, connect_timeout=5, **parts)

    def _initialise(self) -> None:
        (self.folder / "password").write_text(self.password)
        if self.user:
            owner = pwd.getpwnam(self.user)
            for path in (self.folder, self.folder / "password"):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        words = ["-U", NAME, "--pwfile", str(self.folder / "password"), "--auth", "password"]
        told = ["-E", "UTF8", "--locale", "C.UTF-8", *COLLATION, "--no-sync", "--no-instructions"]
        made = subprocess.run(
            [program("initdb"), "-D", str(self.data), *words, *told],
            cwd=self.folder,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
