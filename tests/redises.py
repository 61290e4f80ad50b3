"""Redis with Sentinels, and Redis as a cluster: real ones, on 127.0.0.1 or in hosts of their own (`within`)."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from tests.environment import DIRECTORY
from tests.servers import Process, free_port

SERVICE = "digi"
SLOTS = 16_384
EVENTS = "digi__group__digi.events"  # what every server process listens to


class Node(Process):
    """A redis-server at an address; `within` are words before its command, such as `ip netns exec`.

    By TLS alone where `tls` names a folder with `key.pem` and `chain.pem`.
    """

    def __init__(
        self,
        *options: str,
        host: str = "127.0.0.1",
        port: int = 0,
        within: Sequence[str] = (),
        password: str = "",
        tls: Path | None = None,
        name: str = "redis",
    ) -> None:
        self.host, self.port, self.password, self.tls = host, port or free_port(), password, tls
        self.folder = Path(tempfile.mkdtemp(prefix="redis-", dir=DIRECTORY))
        words = ["redis-server", *self.first_words(), *self._endpoint(), "--bind", host]
        plain = ["--dir", str(self.folder), "--protected-mode", "no"]
        super().__init__([*within, *words, *plain, *options], name=name)

    def first_words(self) -> list[str]:
        return []

    def _endpoint(self) -> list[str]:
        if self.tls is None:
            return ["--port", str(self.port)]
        key, chain = str(self.tls / "key.pem"), str(self.tls / "chain.pem")
        files = ["--tls-key-file", key, "--tls-cert-file", chain, "--tls-ca-cert-file", chain]
        others = ["--tls-auth-clients", "no", "--tls-replication", "yes", "--tls-cluster", "yes"]
        return ["--port", "0", "--tls-port", str(self.port), *files, *others]

    def answers(self) -> bool:
        try:
            return self.ask("PING") is True
        except RedisError:
            return False

    def ask(self, *words: str):
        """What it says to a command, as redis-py reads it."""
        patience = {"socket_timeout": 5, "socket_connect_timeout": 5, "retry": Retry(NoBackoff(), 0)}
        trust = {"ssl": True, "ssl_ca_certs": str(self.tls / "chain.pem")} if self.tls else {}
        with Redis(
            self.host, self.port, **trust, password=self.password or None, decode_responses=True, **patience
        ) as client:
            return client.execute_command(*words)


class Store(Node):
    """One that keeps nothing on the disk."""

    @property
    def url(self) -> str:
        return f"redis://{_secret(self.password)}{self.host}:{self.port}/0"

    def __init__(self, *options: str, password: str = "", **place) -> None:
        secret = ["--requirepass", password, "--masterauth", password] if password else []
        super().__init__("--save", "", "--appendonly", "no", *secret, *options, password=password, **place)


class SentinelServer(Node):
    """A Sentinel that watches `primary` under the name of the service, with a password of its own."""

    def __init__(self, primary: Node, *, password: str = "", down_after: int = 1000, quorum: int = 2, **place) -> None:
        self._configured = (
            f"sentinel monitor {SERVICE} {primary.host} {primary.port} {quorum}\n"
            f"sentinel down-after-milliseconds {SERVICE} {down_after}\n"
            f"sentinel failover-timeout {SERVICE} 3000\n"
        )
        if primary.password:
            self._configured += f'sentinel auth-pass {SERVICE} "{primary.password}"\n'
        if password:
            self._configured += f'requirepass "{password}"\n'
        super().__init__("--sentinel", password=password, name="sentinel", **place)

    def first_words(self) -> list[str]:
        configuration = self.folder / "sentinel.conf"  # it writes into it what it learns
        configuration.write_text(self._configured)
        return [str(configuration)]


class Watched:
    """A primary, its replica, and three Sentinels; `hosts` are where they stand, Sentinels spread over all of them."""

    def __init__(
        self, places: Sequence[dict] = ({}, {}, {}), *, password: str = "", sentinel_password: str = "", **patience
    ) -> None:
        self._password, self._sentinel_password = password, sentinel_password
        quick = ["--repl-diskless-sync-delay", "0"]
        self.primary = Store(*quick, password=password, **places[0])
        replica_of = ["--replicaof", f"{self.primary.host} {self.primary.port}"]
        self.replica = Store(*quick, *replica_of, password=password, **places[1])
        self.sentinels = [
            SentinelServer(self.primary, password=sentinel_password, **patience, **{**place, "port": 0})
            for place in places
        ]

    @property
    def processes(self) -> list[Node]:
        return [self.primary, self.replica, *self.sentinels]

    @property
    def url(self) -> str:
        hosts = ",".join(f"{one.host}:{one.port}" for one in self.sentinels)
        other = f"?sentinel_password={quote(self._sentinel_password, safe='')}" if self._sentinel_password else ""
        return f"redis+sentinel://{_secret(self._password)}{hosts}/{SERVICE}/0{other}"

    def start(self) -> "Watched":
        for one in self.processes:
            one.start()
        until(lambda: self.replicates(self.replica))
        until(lambda: all(self._knows_all(one) for one in self.sentinels))
        return self

    def stop(self) -> None:
        for one in reversed(self.processes):
            one.stop()

    def primary_is(self, node: Node, sentinel: Node) -> bool:
        """Does this Sentinel send clients to this server?"""
        told = sentinel.ask("SENTINEL GET-MASTER-ADDR-BY-NAME", SERVICE)
        return tuple(told) == (node.host, node.port)

    def replicates(self, node: Node) -> bool:
        """Is it a replica that has all the primary has?"""
        return node.ask("INFO", "replication").get("master_link_status") == "up"

    def _knows_all(self, sentinel: Node) -> bool:
        state = sentinel.ask("SENTINEL MASTER", SERVICE)
        return (state["num-other-sentinels"], state["num-slaves"]) == (2, 1)


class Member(Store):
    """One of a cluster; `bus` is the port at which its like speak with it."""

    def __init__(self, *options: str, **place) -> None:
        self.bus = free_port()
        super().__init__("--cluster-enabled", "yes", "--cluster-port", str(self.bus), *options, **place)


class RedisCluster:
    """Three primaries with a third of the slots each, and a replica of each at the next place."""

    def __init__(self, places: Sequence[dict] = ({}, {}, {}), *, password: str = "", patience: int = 1000) -> None:
        self._password = password
        options = ["--cluster-node-timeout", str(patience), "--cluster-require-full-coverage", "no"]
        options += ["--repl-diskless-sync-delay", "0"]
        self.primaries = [Member(*options, password=password, **place) for place in places]
        self.replicas = [
            Member(*options, password=password, **{**place, "port": 0}) for place in (*places[1:], places[0])
        ]

    @property
    def processes(self) -> list[Member]:
        return [*self.primaries, *self.replicas]

    @property
    def url(self) -> str:
        hosts = ",".join(f"{one.host}:{one.port}" for one in self.primaries)
        return f"redis+cluster://{_secret(self._password)}{hosts}"

    def start(self) -> "RedisCluster":
        for one in self.processes:
            one.start()
        first = self.primaries[0]
        for epoch, one in enumerate(self.processes, 1):
            one.ask("CLUSTER SET-CONFIG-EPOCH", str(epoch))
            one.ask("CLUSTER MEET", first.host, str(first.port), str(first.bus))
        share = -(-SLOTS // len(self.primaries))
        for number, one in enumerate(self.primaries):
            last = min((number + 1) * share, SLOTS) - 1
            one.ask("CLUSTER ADDSLOTSRANGE", str(number * share), str(last))
        everybody = str(len(self.processes))
        until(lambda: all(one.ask("CLUSTER INFO")["cluster_known_nodes"] == everybody for one in self.processes))
        for primary, replica in zip(self.primaries, self.replicas, strict=True):
            name = primary.ask("CLUSTER MYID")
            until(lambda: replica.ask("CLUSTER REPLICATE", name))  # noqa: B023 - awaited here
        until(lambda: all(one.ask("CLUSTER INFO")["cluster_state"] == "ok" for one in self.processes))
        until(lambda: all(one.ask("INFO", "replication")["master_link_status"] == "up" for one in self.replicas))
        return self

    def stop(self) -> None:
        for one in reversed(self.processes):
            one.kill()


def heard_at(nodes: Sequence[Node]) -> int:
    """How many server processes hear events at these nodes."""
    return sum(node.ask("PUBSUB NUMSUB", EVENTS)[0][1] for node in nodes)


def _secret(password: str) -> str:
    return f":{quote(password, safe='')}@" if password else ""


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until it holds; who does not answer yet does not hold."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except RedisError:
            pass
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)
