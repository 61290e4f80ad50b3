"""What is in an archive, for tests to compare."""

import gzip
import json
import tarfile
from pathlib import Path


def parts(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def content(path: Path) -> dict[str, list]:
    """Rows by their table and bytes by their file."""
    found: dict[str, list] = {}
    for name, part in parts(path).items():
        if name.startswith("rows/"):
            rows = map(json.loads, gzip.decompress(part).splitlines())
            found.setdefault(name.split("/")[1], []).extend(rows)
        elif name.startswith("files/"):
            found[name] = [part]
    return found


def places(path: Path) -> dict[str, tuple[int, int]]:
    """Where each part's bytes begin in the file, and how many they are."""
    with tarfile.open(path) as tar:
        return {member.name: (member.offset_data, member.size) for member in tar}
