"""Keeps what this release makes of the demo as tests/fixtures/releases/VERSION.tar, with keys made for it beside it.

Run once for each release, before its tag: every later one shows that it restores this and migrates it forward.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests/fixtures/releases"
sys.path.insert(0, str(ROOT))

from digi import __version__  # noqa: E402 - found beside this script
from digi.secrets import LENGTHS, fresh  # noqa: E402


def main() -> None:
    """Leaves with 1 where the release has its fixture already: what was released does not change."""
    archive, keys = FOLDER / f"{__version__}.tar", FOLDER / f"{__version__}.keys"
    if archive.exists():
        sys.exit(f"{archive.relative_to(ROOT)} is there. Only before the release: delete it and its keys first.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    keys.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DIGI_")}
        environment = {
            **kept,
            **{name: fresh(length) for name, length in LENGTHS.items()},
            "DIGI_DOTENV": os.devnull,
            "DIGI_DATABASE_URL": f"sqlite:///{folder}/digi.sqlite3",
            "DIGI_FILES": f"{folder}/files",
            "DIGI_QUEUE": f"{folder}/queue.sqlite3",
            "DIGI_DEMO_PASSWORD": "a-demo-of-a-release",
        }
        for words in (["demo", "--migrate"], ["backup", str(archive), "--keys", str(keys)]):
            subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True)


if __name__ == "__main__":
    main()
