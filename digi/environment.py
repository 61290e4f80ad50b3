"""Typed environment variables, with the edges of django-environ rounded off."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from tempfile import mkstemp
from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured
from environ import Env
from environ.fileaware_mapping import FileAwareMapping

from digi.files.places import Bucket, parse
from digi.redis_urls import redis_at

_NAME = re.compile(r"(?!\d+(\.\d+)*$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?")
_LINK = re.compile(r"https?://(?:[\w.-]+|\[[0-9A-Fa-f:]+\])(?::\d+)?(?:[/?#][!#-~]*)?")
ROOT_PATH = re.compile(r"(?:/[\w~-][\w.~-]*)+", re.ASCII)
_RATE = re.compile(r"(\d+)/(\d+(?:\.\d+)?)s?")


class Rate(NamedTuple):
    """`burst` things at once, refilled evenly over `seconds`."""

    burst: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.burst}/{self.seconds:g}s"


class Places(NamedTuple):
    """Hosts by their names, in lower case, and by their networks."""

    names: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()


class _Variables(FileAwareMapping):
    """`NAME` or the content of the file `NAME_FILE`, without its last newline and taken literally; blank is unset."""

    def __getitem__(self, key: str) -> str:
        try:
            value: str = super().__getitem__(key)
        except OSError as error:
            raise ImproperlyConfigured(
                f"{key}_FILE names a file that cannot be read: {error.filename} ({error.strerror})."
            ) from error

        if not value.strip():
            raise KeyError(key)
        return value.strip().replace("$", r"\$")  # Env would read "$x" as the name of another variable


class Environment(Env):
    """`FileAwareEnv` whose secrets lose their newline, whose lists lose their spaces, and whose `$` is a dollar."""

    ENVIRON = _Variables(cache=False)

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.escape_proxy = True

    def words(self, name: str, default: list[str] | None = None) -> list[str]:
        """A comma-separated list; empty parts fall away."""
        text = self.str(name, "")
        words = [word.strip() for word in text.split(",") if word.strip()]
        return words or list(default or [])

    def choices(self, name: str, every: frozenset[str]) -> frozenset[str]:
        """Some of the words `every`, comma-separated: all where nothing is set, none for `none`."""
        words = frozenset(self.words(name, sorted(every))) - {"none"}
        if words - every:
            raise ImproperlyConfigured(f"{name} knows {', '.join(sorted(every))} and none, not {min(words - every)}.")
        return words

    def count(self, name: str, default: int) -> int:
        """A whole number, zero or more."""
        try:
            number = int(self.str(name, str(default)))
        except ValueError:
            number = -1
        if number < 0:
            raise ImproperlyConfigured(f"{name} must be a whole number, zero or more.")
        return number

    def flag(self, name: str, default: bool) -> bool:
        """1/0, true/false, yes/no, on/off; anything else is an error, not a silent no."""
        text = self.str(name, "").lower()
        if not text:
            return default
        if text in {"1", "true", "yes", "on"}:
            return True
        if text in {"0", "false", "no", "off"}:
            return False
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {text!r}.")

    def ports(self, name: str, default: str) -> frozenset[int]:
        """Ports, comma-separated; empty for the word `any`."""
        words = self.words(name, default.split(","))
        if words == ["any"]:
            return frozenset()
        if not all(word.isascii() and word.isdecimal() and 0 < int(word) < 65536 for word in words):
            raise ImproperlyConfigured(f"{name} lists ports, such as 443,8443, or is any.")
        return frozenset(int(word) for word in words)

    def places(self, name: str) -> Places:
        """Host names, addresses and networks, comma-separated: `hooks.lab.example,10.20.0.0/16`."""
        names, networks = set(), []
        for word in self.words(name):
            try:
                networks.append(ip_network(word))
            except ValueError as error:
                if not _NAME.fullmatch(word):
                    raise ImproperlyConfigured(f"{name}: {word} is neither a host's name nor a network.") from error
                names.add(word.lower().rstrip("."))
        return Places(frozenset(names), tuple(networks))

    def link(self, name: str) -> str:
        """The address of a page, of http or https; empty for none."""
        address = str(self.str(name, ""))
        if address and not _LINK.fullmatch(address):
            raise ImproperlyConfigured(f"{name} is the address of a page, such as https://www.example.org/imprint.")
        return address

    def root_path(self, name: str) -> str:
        """A path such as /forum, without the slash at its end; empty for none."""
        path = str(self.str(name, "")).rstrip("/")
        if path and not ROOT_PATH.fullmatch(path):
            raise ImproperlyConfigured(f"{name} is a path such as /forum, not {path}.")
        return path

    def place(self, name: str, default: Path) -> Path | str:
        """Where files lie: the path of a folder, or the address of a bucket as `digi.files.places` reads it."""
        text: str = self.str(name, str(default))
        try:
            return text if isinstance(parse(text), Bucket) else Path(text)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {error}") from error

    def rate(self, name: str, default: str) -> Rate:
        """`20/5s`: twenty at once, refilled over five seconds."""
        match = _RATE.fullmatch(self.str(name, "") or default)
        if match is None or not int(match[1]) or not float(match[2]):
            raise ImproperlyConfigured(f"{name} must look like 20/5s: how many, over how many seconds.")
        return Rate(int(match[1]), float(match[2]))

    def redis_url(self, name: str) -> str:
        """Where Redis is, see `digi.redis_urls`; empty for none."""
        url = str(self.str(name, ""))
        try:
            redis_at(url or "redis://unset")
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} {error}") from error
        return url

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Django's settings for a database URL; SQLite paths count from the project's root, and writers queue."""
        config: dict[str, Any] = dict(self.db_url(name, default=default))
        if config.get("ENGINE") == "django.db.backends.sqlite3":
            config["ENGINE"] = "digi.sqlite"
            if config["NAME"] != ":memory:":
                config["NAME"] = str(self.root / config["NAME"])
        return config


def patience_with_postgres() -> dict[str, Any]:
    """Options of a connection that ends seconds after the other host was cut off; the systems' own wait is hours.

    Both ends are told: the server would keep the locks of a transaction whose host is gone.
    """
    waits = {"keepalives_idle": 3, "keepalives_interval": 1, "keepalives_count": 3, "user_timeout": 5000}  # s, s, -, ms
    theirs = " ".join(f"-c tcp_{name}={value}" for name, value in waits.items())
    ours = {name if name.startswith("keep") else f"tcp_{name}": value for name, value in waits.items()}
    return {"connect_timeout": 5, **ours, "options": theirs}


def read_dotenv(path: Path) -> None:
    """Fill what the environment leaves open from a `.env` file, if there is one."""
    if path.exists():
        Env.read_env(path, overwrite=False)


def loopback_only(host: str) -> bool:
    """Does this bind address stay on the machine?"""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def given(name: str) -> bool:
    """Is the variable, or its `_FILE` twin, set to something?"""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def kept(path: Path, make: Callable[[], str]) -> str:
    """A development secret: made once, kept in a file that only its owner can read.

    Whoever starts at the same time gets the same value: the file appears whole or not at all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        handle, draft = mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            file.write(make() + "\n")
        with suppress(FileExistsError):
            os.link(draft, path)
        os.unlink(draft)
    return path.read_text().strip()
