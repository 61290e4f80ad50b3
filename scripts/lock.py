"""Locks the dependencies of pyproject.toml, with hashes: requirements.txt, -agent.txt, -dev.txt and -image.txt.

Each lock names the digest of what it was made from, so that `make check` sees a stale one without a network.
"""

import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
SLIM = ["--no-emit-package", "mssql-python-rs"]  # 30 MB for bulk copies, imported by nothing else
IMAGE = ["pyproject.toml", "--extra", "postgres", "--extra", "mssql", *SLIM]
LOCKS = {
    "requirements.txt": ["pyproject.toml"],
    "requirements-agent.txt": ["--group", "agent", "--constraint", "requirements.txt"],
    "requirements-dev.txt": ["pyproject.toml", "--group", "dev", *SLIM, "--constraint", "requirements.txt"],
    "requirements-image.txt": [*IMAGE, "--constraint", "requirements.txt"],
}


def digest() -> str:
    """SHA-256 of everything in pyproject.toml that a lock depends on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    parts = [project["project"]["dependencies"], project["dependency-groups"], project["project"]["requires-python"]]
    parts.append(project["project"]["optional-dependencies"])
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def header() -> str:
    """A lock's first line."""
    return f"# Written by `make lock` from pyproject.toml {digest()}\n"


def main() -> None:
    """Keep pinned versions that still fit; `make lock` with `--upgrade` takes the newest."""
    for name, options in LOCKS.items():
        path = ROOT / name
        uv = [sys.executable, "-m", "uv", "pip", "compile", *COMMON, *options, *sys.argv[1:]]
        subprocess.run([*uv, "--output-file", name], cwd=ROOT, check=True)
        path.write_text(header() + path.read_text())


if __name__ == "__main__":
    main()
