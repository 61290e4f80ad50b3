"""Fresh secrets: `python -m digi.secrets` prints lines for `.env`; with a folder named it keeps each in a file there.

`add`, `turn` and `drop` with a file are the steps of a rotation of DIGI_ENCRYPTION_KEYS (docs/operations.md, Keys): a
fresh key at the end, where it opens and does not seal yet; the last one to the front; all but the first out, into a
file of former keys. The file is `.env`, or holds the keys and nothing else.

It reads no settings, since they refuse to load without these.
"""

import base64
import os
import re
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from digi.crypto import name_of, ring_keys
from digi.disk import flush, flush_folder, new_file

LENGTHS = {"DIGI_SECRET_KEY": 50, "DIGI_ENCRYPTION_KEYS": 32}  # bytes
_LINE = re.compile(r"""^(\s*(?:export\s+)?DIGI_ENCRYPTION_KEYS\s*=\s*["']?)([^"'\n]*)""", re.MULTILINE)


def fresh(length: int) -> str:
    """`length` random bytes as URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(length)).decode()


def keep_in(folder: Path) -> list[Path]:
    """Make the files that are missing, readable by their owner alone; what is there stays. Returns the new ones."""
    made = []
    for name, length in LENGTHS.items():
        path = folder / name.removeprefix("DIGI_").lower()
        if not path.exists():
            with new_file(path) as file:
                file.write(f"{fresh(length)}\n".encode())
            made.append(path)
    return made


def add(path: Path) -> list[str]:
    """A fresh key at the end of the file's ring: what it seals elsewhere is opened, nothing is sealed with it yet."""
    return _change(path, lambda keys: [*keys, fresh(LENGTHS["DIGI_ENCRYPTION_KEYS"])])


def turn(path: Path) -> list[str]:
    """The last key of the file's ring to its front, where it seals."""
    return _change(path, lambda keys: [keys[-1], *keys[:-1]])


def drop(path: Path) -> list[str]:
    """All keys but the first out of the file's ring, into a file beside it: backups of before still need them."""
    former = path.with_name(f"{path.name}.former")

    def without(keys: list[str]) -> list[str]:
        with os.fdopen(os.open(former, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:
            file.writelines(f"{key}\n" for key in keys[1:])
            flush(file)
        return keys[:1]

    return _change(path, without)


def _change(path: Path, change: Callable[[list[str]], list[str]]) -> list[str]:
    """Change the ring in a file, which is the old one or the new one at every moment; its keys, newest first."""
    text = path.read_text()
    line = _LINE.search(text)
    held = line[2] if line else text
    keys = [key.strip() for key in held.split(",") if key.strip()]
    ring_keys(keys)
    keys = change(keys)
    ring = ",".join(keys)

    draft, was = path.with_name(f".{path.name}.draft"), path.stat()
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        if hasattr(os, "fchown"):
            os.fchown(file.fileno(), was.st_uid, was.st_gid)
            os.fchmod(file.fileno(), was.st_mode & 0o777)
        file.write(text[: line.start(2)] + ring + text[line.end(2) :] if line else ring + "\n")
        flush(file)
    draft.replace(path)
    flush_folder(path.parent)
    return keys


STEPS = {"add": add, "turn": turn, "drop": drop}


def _main(words: list[str]) -> None:
    if words[:1] and words[0] in STEPS:
        if len(words) != 2:
            sys.exit(f"Which file? python -m digi.secrets {words[0]} .env")
        try:
            keys = STEPS[words[0]](Path(words[1]))
        except (ImproperlyConfigured, OSError) as error:
            sys.exit(f"{words[1]} was left as it is: {error}")
        first, *others = [name_of(key) for key in ring_keys(keys)]
        sys.stdout.write(f"{words[1]}: {first} seals{''.join(f', {name} opens' for name in others)}. Restart.\n")
    elif words:
        for path in keep_in(Path(words[0])):
            sys.stdout.write(f"{path} was made. A backup without it opens nothing.\n")
    else:
        for name, length in LENGTHS.items():
            sys.stdout.write(f"{name}={fresh(length)}\n")


if __name__ == "__main__":
    _main(sys.argv[1:])
