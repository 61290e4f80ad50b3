"""The browser's third-party files are what the lock says and nobody has touched them."""

import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text())


@pytest.mark.parametrize("library", MANIFEST)
def test_vendored_files_match_their_digests(library: str) -> None:
    digests = MANIFEST[library]["files"]

    found = {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name in digests}

    assert found == digests


def test_vendored_folder_holds_nothing_else() -> None:
    named = {name for library in MANIFEST.values() for name in library["files"]}

    there = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}

    assert there == named | {"manifest.json"}


def test_vendored_versions_are_the_locked_ones() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    bundled = {name: version for library in MANIFEST.values() for name, version in library["packages"].items()}

    locked = {name: lock[f"node_modules/{name}"]["version"] for name in bundled}

    assert bundled == locked


def test_vendored_code_compiles_no_code_from_text() -> None:
    sources = {path.name: path.read_text() for path in VENDOR.rglob("*.js")}

    guilty = [name for name, source in sources.items() if "new Function(" in source or "eval(" in source]

    assert guilty == []
