"""Hosts that are network namespaces, joined by a bridge in one more: lines can be cut, made lossy, and mended.

Nothing of it touches the machine's own network; `ip`, `iptables` and root are needed.
"""

import ctypes
import os
import subprocess
from typing import Self

CLONE_NEWNET = 0x40000000
SUBNET = "10.213.7"


class Network:
    """`with Network("one", "two") as network:` makes the hosts, and removes them in the end."""

    def __init__(self, *names: str) -> None:
        self._names = names
        self._mark = f"digi{os.getpid()}"

    def __enter__(self) -> Self:
        try:
            _run("ip", "netns", "add", self._mark)
            self._at_switch("link", "add", "bridge", "type", "bridge")
            self._at_switch("link", "set", "bridge", "up")
            for name in self._names:
                self._join(name)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in (*(self._space(name) for name in self._names), self._mark):
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)

    def address(self, name: str) -> str:
        return f"{SUBNET}.{self._names.index(name) + 1}"

    def within(self, name: str) -> list[str]:
        """What stands before a command that runs at a host."""
        return ["ip", "netns", "exec", self._space(name)]

    def enter(self, name: str) -> None:
        """This thread, and those that it starts, are at a host from now on."""
        with open(f"/run/netns/{self._space(name)}") as space:
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.setns(space.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")

    def cut(self, name: str) -> None:
        """Pull a host's plug out of the switch: nobody is told, packets go nowhere."""
        self._at_switch("link", "set", name, "down")

    def mend(self, name: str) -> None:
        self._at_switch("link", "set", name, "up")

    def lose(self, name: str, share: float) -> None:
        """Throw away this share of a host's packets, both ways, at random; 0: none any more."""
        space = self._space(name)
        _run("ip", "netns", "exec", space, "iptables", "--flush")
        for chain in ("INPUT", "OUTPUT") if share else ():
            chance = ["-m", "statistic", "--mode", "random", "--probability", str(share)]
            _run("ip", "netns", "exec", space, "iptables", "-A", chain, "!", "-i" if chain == "INPUT" else "-o", "lo",
                 *chance, "-j", "DROP")  # fmt: skip

    def _join(self, name: str) -> None:
        space = self._space(name)
        _run("ip", "netns", "add", space)
        self._at_switch("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", space)
        self._at_switch("link", "set", name, "master", "bridge", "up")
        _run("ip", "-n", space, "link", "set", "lo", "up")
        _run("ip", "-n", space, "address", "add", f"{self.address(name)}/24", "dev", "eth0")
        _run("ip", "-n", space, "link", "set", "eth0", "up")

    def _at_switch(self, *words: str) -> None:
        _run("ip", "-n", self._mark, *words)

    def _space(self, name: str) -> str:
        return f"{self._mark}-{name}"


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(words)}: {done.stderr.strip()}")
