"""Fresh secrets: `python -m digi.secrets` prints lines for `.env`; with a folder named it keeps each in a file there.

It reads no settings, since they refuse to load without these.
"""

import base64
import os
import secrets
import sys
from pathlib import Path

LENGTHS = {"DIGI_SECRET_KEY": 50, "DIGI_ENCRYPTION_KEYS": 32}  # bytes


def fresh(length: int) -> str:
    """`length` random bytes as URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(length)).decode()


def keep_in(folder: Path) -> list[Path]:
    """Make the files that are missing, readable by their owner alone; what is there stays. Returns the new ones."""
    made = []
    for name, length in LENGTHS.items():
        path = folder / name.removeprefix("DIGI_").lower()
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(fresh(length) + "\n")
            made.append(path)
    return made


if __name__ == "__main__":
    if sys.argv[1:]:
        for path in keep_in(Path(sys.argv[1])):
            sys.stdout.write(f"{path} was made. A backup without it opens nothing.\n")
    else:
        for name, length in LENGTHS.items():
            sys.stdout.write(f"{name}={fresh(length)}\n")
