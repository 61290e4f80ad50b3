"""Runs Django's deployment checks with settings such as production has; a warning fails."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from digi.secrets import LENGTHS, fresh  # noqa: E402 - found beside this script


def main() -> None:
    """Leaves with the status of `manage.py check --deploy`."""
    with tempfile.TemporaryDirectory() as folder:
        production = {
            **{name: fresh(length) for name, length in LENGTHS.items()},
            "DIGI_DEBUG": "0",
            "DIGI_ALLOWED_HOSTS": "digi.example",
            "DIGI_PUBLIC_ORIGINS": "https://digi.example",
            "DIGI_SSL_REDIRECT": "1",
            "DIGI_DATABASE_URL": f"sqlite:///{folder}/digi.sqlite3",
            "DIGI_STATIC_ROOT": folder,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DIGI_")}
        check = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        environment = {**kept, **production, "DIGI_DOTENV": os.devnull}
        sys.exit(subprocess.run(check, cwd=ROOT, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
