"""Collects the static files for production where no secret is known, such as while an image is built."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from digi.secrets import LENGTHS, fresh  # noqa: E402 - found beside this script


def main() -> None:
    """Every name carries its content's hash, so that browsers keep files for good."""
    throwaway = {
        **{name: fresh(length) for name, length in LENGTHS.items()},
        "DIGI_DEBUG": "0",
        "DIGI_ALLOWED_HOSTS": "localhost",
        "DIGI_PUBLIC_ORIGINS": "http://localhost",
        "DIGI_DATABASE_URL": "sqlite:///:memory:",
    }
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_FILE")}
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0", *sys.argv[1:]]
    sys.exit(subprocess.run(collect, cwd=ROOT, env={**environment, **throwaway}, check=False).returncode)


if __name__ == "__main__":
    main()
