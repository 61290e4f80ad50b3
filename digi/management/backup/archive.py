"""The file that holds a backup: a tar whose every part is listed with its SHA-256 in lists that are parts of it, too.

First `manifest.json`; then parts, and after each thousand of them a list, `lists/000001.jsonl`, of their names, sizes
and digests; last `end.json` with the number of parts and a digest over all lists and itself. So it is written and
checked in one go, in the same memory whatever its size, and cannot lose its tail unnoticed.
"""

import hashlib
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import msgspec

from digi.management.backup.manifest import End, Line, Manifest, NotUnderstood

MANIFEST, LISTS, END = "manifest.json", "lists/", "end.json"
LISTED = 1000  # parts in one list
PIECE = 1_048_576  # bytes that are held at once
SMALL = 64 * PIECE  # bytes; no manifest, list or part of rows comes near it

_encode = msgspec.json.Encoder(order="sorted").encode


class Damaged(Exception):
    """It is not what was written; the text says where that was seen."""


class Writer:
    """Writes an archive to a file that need not be seekable."""

    def __init__(self, out: IO[bytes], manifest: Manifest) -> None:
        self._tar: Any = tarfile.TarFile(  # Any for `members`, which typeshed leaves out
            fileobj=_Forward(out),  # type: ignore[arg-type]
            mode="w",
            format=tarfile.GNU_FORMAT,
            copybufsize=PIECE,
        )
        self._lines: list[Line] = []
        self._digest = hashlib.sha256()
        self._lists = 0
        self.parts = 0
        self.add(MANIFEST, _encode(manifest))

    def add(self, name: str, content: bytes) -> None:
        self.copy(name, BytesIO(content), len(content))

    def copy(self, name: str, source: IO[bytes], size: int) -> str:
        """Put a part of `size` bytes in; its SHA-256. Raises `OSError` where fewer come."""
        hashed = _Hashed(source)
        self._put(name, hashed, size)
        line = Line(name, size, hashed.digest.hexdigest())
        self._lines.append(line)
        self.parts += 1
        if len(self._lines) == LISTED:
            self._list()
        return line.sha256

    def close(self, absent: list[str]) -> None:
        """Write the end. `absent` names files that were to be in the archive and are not."""
        self._list()
        self._put(END, *_sized(_encode(_end(self.parts, absent, self._digest))))
        self._tar.close()

    def _list(self) -> None:
        if self._lines:
            self._lists += 1
            content = _listed(self._lines)
            self._digest.update(content)
            self._put(f"{LISTS}{self._lists:06}.jsonl", *_sized(content))
            self._lines = []

    def _put(self, name: str, source: Any, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, source)
        self._tar.members.clear()  # it would remember each


def manifest_of(path: Path) -> Manifest:
    """What the archive says of itself, unchecked. Raises `Damaged` and `NotUnderstood`."""
    with _members(path) as members:
        return _manifest(members)


def verify(path: Path) -> tuple[Manifest, End]:
    """Read all of it and compare every digest. Raises `Damaged`, and `NotUnderstood` for a later format."""
    with _members(path) as members:
        manifest = _manifest(members)
    lines: list[Line] = []
    digest, parts = hashlib.sha256(), 0
    with _members(path) as members:
        for name, source, size in members:
            if name == END:
                end = _decoded(source.read(SMALL), End)
                if lines or end != _end(parts, end.absent, digest):
                    raise Damaged("Its end does not belong to what stands before it.")
                for name, _source, _size in members:
                    raise Damaged(f"{name} stands behind its end.")
                return manifest, end
            if name.startswith(LISTS):
                content = source.read(SMALL)
                _compare(name, content, lines)
                digest.update(content)
                lines = []
            else:
                lines.append(Line(name, size, _digest(source)))
                parts += 1
    raise Damaged("It has no end: it was cut off, or changed behind the last part that can be read.")


def parts(path: Path, under: str) -> Iterator[tuple[str, IO[bytes], int]]:
    """The parts whose names begin so, with their bytes and their size; `verify` comes before."""
    with _members(path) as members:
        yield from (member for member in members if member[0].startswith(under))


class _Forward:
    """All that a tar needs of the file it is written to, which may be a pipe."""

    def __init__(self, out: IO[bytes]) -> None:
        self.write = out.write

    def tell(self) -> int:
        return 0


class _Hashed:
    """A file whose bytes are counted into a digest as they are read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(size)
        self.digest.update(piece)
        return piece


@contextmanager
def _members(path: Path) -> Iterator[Iterator[tuple[str, IO[bytes], int]]]:
    """What goes wrong with the tar while its members are read is damage."""
    try:
        with tarfile.open(path, "r:") as tar:
            yield _walk(tar)
    except (tarfile.TarError, EOFError, zlib.error, UnicodeError, ValueError) as error:
        raise Damaged(f"It cannot be read on: {error}.") from error


def _walk(tar: Any) -> Iterator[tuple[str, IO[bytes], int]]:
    while (member := tar.next()) is not None:
        tar.members.clear()
        source = tar.extractfile(member) if member.isreg() else None
        if source is None:
            raise Damaged(f"{member.name} is no file.")
        yield member.name, source, member.size


def _manifest(members: Iterator[tuple[str, IO[bytes], int]]) -> Manifest:
    name, source, _size = next(members, ("", BytesIO(), 0))
    if name != MANIFEST:
        raise Damaged("It does not begin with a manifest: this is no backup of Digi.")
    content = source.read(SMALL)
    NotUnderstood.unless_known(content)
    manifest: Manifest = _decoded(content, Manifest)
    return manifest


def _decoded(content: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise Damaged(f"Its {kind.__name__.lower()} cannot be read: {error}.") from error


def _digest(source: IO[bytes]) -> str:
    return hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]


def _compare(name: str, content: bytes, found: list[Line]) -> None:
    if content == _listed(found):
        return
    listed = content.splitlines(keepends=True)
    for line, said in zip(found, listed, strict=False):
        if _listed([line]) != said:
            raise Damaged(f"{line.name} is not what was written: its SHA-256 or its size differs from {name}.")
    raise Damaged(f"{name} lists {len(listed)} parts, and {len(found)} are there.")


def _listed(lines: list[Line]) -> bytes:
    return b"".join(_encode(line) + b"\n" for line in lines)


def _end(parts: int, absent: list[str], lists: Any) -> End:
    whole = lists.copy()
    whole.update(_encode([parts, absent]))
    return End(parts, absent, whole.hexdigest())


def _sized(content: bytes) -> tuple[IO[bytes], int]:
    return BytesIO(content), len(content)
