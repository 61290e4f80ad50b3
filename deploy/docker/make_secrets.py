"""Makes what the services open each other with, each in a file, unless it is there. Runs before all others.

/secrets is Digi's alone, and all that a backup needs; the folders of /shared are volumes of one other service each.
"""

import fcntl
import os
import secrets
import string
import sys
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

KINDS = [string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_"]
LENGTH = 40
URLS = {
    "mssql_url": "mssql://digi:{database}@database:1433/digi",
    "postgres_url": "postgres://digi:{database}@database:5432/digi",
    "redis_url": "redis://:{redis}@redis:6379/0",
}
SHARED = {
    "database/password": "{admin}",
    "redis/password": "{redis}",
    "redis/redis.conf": 'requirepass {redis}\nsave ""\nappendonly no\nmaxmemory 384mb\nmaxmemory-policy noeviction',
}


def main(own: Path = Path("/secrets"), shared: Path = Path("/shared")) -> None:
    """What is there stays; what is made of it is written anew. One at a time does this."""
    from digi.secrets import keep_in

    with (own / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for path in keep_in(own):
            sys.stdout.write(f"{path} was made. A backup without it opens nothing.\n")
        words = {name: _kept(own / f"{name}_password") for name in ("admin", "database", "redis")}
        for name, text in URLS.items():
            _write(own / name, text.format(**words), mode=0o600)
        for name, text in SHARED.items():
            _write(shared / name, text.format(**words), mode=0o640)


def password() -> str:
    """Forty signs of all four kinds, as SQL Server's policy asks; none means something to a URL, a shell or SQL."""
    while True:
        drawn = "".join(secrets.choice("".join(KINDS)) for _ in range(LENGTH))
        if all(set(drawn) & set(kind) for kind in KINDS):
            return drawn


def _kept(path: Path) -> str:
    if not path.exists():
        _write(path, password(), mode=0o600)
    if word := path.read_text().strip():
        return word
    sys.exit(
        f"{path} is empty, perhaps since a loss of power. Put the password back that its service knows, "
        "or delete the file if nothing was ever kept there."
    )


def _write(path: Path, text: str, *, mode: int) -> None:
    """The file appears whole or not at all, also after a loss of power; nobody may read it who shall not."""
    from digi.disk import flush, flush_folder

    draft = path.with_name(f".{path.name}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text + "\n")
        flush(file)
    draft.replace(path)
    flush_folder(path.parent)


if __name__ == "__main__":
    main()
