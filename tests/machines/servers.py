"""What runs at the hosts: PostgreSQL, Digi with two workers, and the worker of each."""

import shutil
import sys
from contextlib import suppress
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

from tests.machines.network import SUBNET, Network
from tests.postgres import NAME, PostgresServer
from tests.servers import Process

ORIGIN = "http://digi.example"
PORT = 8000
UNHURRIED = {
    f"DIGI_LIMIT_{name}": "1000000/1s" for name in ("FRAMES", "MESSAGES", "ADDRESS", "CONNECTS", "API", "ANONYMOUS")
}


class Postgres(PostgresServer):
    """One at a host, for all hosts."""

    def __init__(self, network: Network, host: str) -> None:
        super().__init__()
        self.host = network.address(host)
        as_its_user = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
        self.command = [*network.within(host), *as_its_user, *self.command, f"--listen_addresses={self.host}"]

    @property
    def url(self) -> str:
        return f"postgres://{NAME}:{self.password}@{self.host}:{self.port}/{NAME}"

    def start(self) -> "Postgres":
        user, self.user = self.user, None  # `ip netns exec` is root's
        try:
            if not self.data.exists():
                self.user = user
                self._initialise()
                self.user = None
                with (self.data / "pg_hba.conf").open("a") as rules:
                    rules.write(f"host all all {SUBNET}.0/24 password\n")
                Process.start(self)
                with self._link() as link:
                    link.execute(f"CREATE DATABASE {NAME}")
            else:
                Process.start(self)
        finally:
            self.user = user
        return self

    def _link(self) -> psycopg.Connection:
        parts = {"host": self.host, "port": self.port, "user": NAME, "password": self.password}
        return psycopg.connect(dbname="postgres", autocommit=True, connect_timeout=5, **parts)


class Digi(Process):
    """Digi as in production, with two workers at a host."""

    def __init__(self, network: Network, host: str, *, redis_url: str, database_url: str) -> None:
        self.host, self.port = network.address(host), PORT
        super().__init__(
            [*network.within(host), sys.executable, "run_daphne.py", "-v", "0"],
            name=f"digi-{host}",
            environment=settings(redis_url=redis_url, database_url=database_url)
            | {"DIGI_HOST": self.host, "DIGI_PORT": str(PORT), "DIGI_WORKERS": "2"},
        )

    @property
    def socket_url(self) -> str:
        return f"ws://{self.host}:{self.port}"

    def answers(self) -> bool:
        with suppress(URLError, OSError), urlopen(f"http://{self.host}:{self.port}/healthz", timeout=2) as answer:
            return answer.status == 200
        return False


class Worker(Process):
    """The worker beside it, which knows the tests' own tasks, too."""

    def __init__(self, network: Network, host: str, *, redis_url: str, database_url: str) -> None:
        super().__init__(
            [*network.within(host), sys.executable, "-m", "tests.digi.worker.program"],
            name=f"worker-{host}",
            environment=settings(redis_url=redis_url, database_url=database_url) | {"DIGI_LOG_LEVEL": "INFO"},
        )

    def answers(self) -> bool:
        return "the worker does" in self.output()


def settings(*, redis_url: str, database_url: str) -> dict[str, str]:
    """What all processes of an installation share."""
    return {
        "DIGI_DEBUG": "0",
        "DIGI_ALLOWED_HOSTS": "*",
        "DIGI_PUBLIC_ORIGINS": ORIGIN,
        "DIGI_DATABASE_URL": database_url,
        "DIGI_REDIS_URL": redis_url,
        **UNHURRIED,
    }


def needed() -> list[str]:
    """Programs that are missing here."""
    words = ("ip", "iptables", "setpriv", "redis-server")
    return [word for word in words if shutil.which(word) is None]
