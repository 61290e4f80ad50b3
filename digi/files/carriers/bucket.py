"""A bucket of an S3-compatible server. An object appears whole, and its bytes are those whose digest was signed."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import file_digest, sha256
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4
from xml.etree import ElementTree

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from digi.files.carriers.base import Held
from digi.files.carriers.client import Client, away
from digi.files.carriers.reader import ObjectReader
from digi.files.carriers.signature import Keys
from digi.files.places import Bucket
from digi.files.ranges import Part
from digi.files.streams import PIECE

log = logging.getLogger(__name__)

DAY = 86_400  # seconds after which what lies in the spool was left there by a process that was killed


class BucketCarrier:
    """Drafts are made in a folder of this machine and go over as one object, whose digest its server checks."""

    def __init__(self, bucket: Bucket, keys: Keys, spool: Path) -> None:
        self._bucket, self._spool = bucket, spool
        self._client = Client(bucket, keys)
        _tidy(spool)

    @property
    def spool(self) -> Path:
        self._spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._spool

    def draft(self, key: str) -> Path:
        return self.spool / key.replace("/", "-")

    def share(self, key: str, source: Path) -> None:
        with source.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        self.stage(key, source, digest)

    def stage(self, key: str, source: Path, digest: str) -> None:
        with source.open("rb") as file:
            self._put(key, file, source.stat().st_size, digest)
        source.unlink()

    def settle(self, key: str, source: Path) -> None:
        """It is where it belongs."""

    def open(self, key: str, part: Part | None = None) -> BinaryIO:
        def ask(part: Part | None) -> BaseHTTPResponse:
            headers = {"Range": f"bytes={part.start}-{part.start + part.length - 1}"} if part else {}
            return self._client.ask("GET", key, headers=headers)

        return BufferedReader(ObjectReader(ask, part), PIECE)

    @contextmanager
    def local(self, key: str, digest: str) -> Iterator[Path]:
        copy = self.draft(f"copy-{uuid4().hex}")
        try:
            with self.open(key) as file, open(copy, "xb", opener=_private) as out:
                found = sha256()
                while piece := file.read(PIECE):
                    found.update(piece)
                    out.write(piece)
            if found.hexdigest() != digest:
                log.error("The files' server holds other bytes at %s than were put there.", key)
                raise away()
            yield copy
        finally:
            copy.unlink(missing_ok=True)

    def size(self, key: str) -> int | None:
        try:
            answer = self._client.ask("HEAD", key)
        except FileNotFoundError:
            return None
        answer.drain_conn()
        return int(answer.headers["Content-Length"])

    def delete(self, key: str) -> None:
        with suppress(FileNotFoundError):
            self._client.ask("DELETE", key).drain_conn()

    def delete_all(self, folder: str) -> None:
        for held in list(self.held(f"{folder}/")):
            self.delete(held.key)

    def held(self, prefix: str = "") -> Iterator[Held]:
        query = {"list-type": "2", "prefix": self._bucket.prefix + prefix}
        while True:
            with self._client.ask("GET", query=query) as answer:
                page = _parsed(answer)
            for entry in page.iterfind("{*}Contents"):
                yield self._held(entry)
            token = page.findtext("{*}NextContinuationToken")
            if not token:
                return
            query["continuation-token"] = token

    def folders(self, parent: str, before: datetime) -> set[str]:
        newest: dict[str, datetime] = {}
        for held in self.held(f"{parent}/"):
            name = held.key.split("/")[1]
            newest[name] = max(held.changed_at, newest.get(name, held.changed_at))
        return {name for name, changed_at in newest.items() if changed_at < before}

    def reach(self) -> None:
        query = {"list-type": "2", "max-keys": "1", "prefix": self._bucket.prefix}
        self._client.ask("GET", query=query, probing=True).drain_conn()

    def check(self) -> None:
        """Raises `Unavailable`: `Refused`, whose `reason` names the setting that is wrong, or away."""
        key, content = f"probe-{uuid4().hex}", b"Digi"
        next(self.held(key), None)
        self._put(key, BytesIO(content), len(content), sha256(content).hexdigest())
        with self.open(key) as file:
            found = file.read()
        self.delete(key)
        if found != content:
            raise away()

    def _put(self, key: str, file: BinaryIO, size: int, digest: str) -> None:
        try:
            self._client.ask("PUT", key, body=file, size=size, digest=digest).drain_conn()
        except FileNotFoundError:  # of a PUT it is the bucket that is not there
            raise away() from None

    def _held(self, entry: ElementTree.Element) -> Held:
        key, size, changed = (entry.findtext(f"{{*}}{name}", "") for name in ("Key", "Size", "LastModified"))
        return Held(key.removeprefix(self._bucket.prefix), int(size), datetime.fromisoformat(changed))


def _parsed(answer: BaseHTTPResponse) -> ElementTree.Element:
    """A page of a list. Raises `Unavailable` for what is none, such as a word of a proxy's own."""
    try:
        return ElementTree.fromstring(answer.read())  # noqa: S314 - of our own server; expat counts expansions
    except (ElementTree.ParseError, HTTPError) as error:
        raise away() from error


def _tidy(spool: Path) -> None:
    """Remove what processes that were killed have left; recordings lie in a folder and look after themselves."""
    for path in spool.glob("*"):
        with suppress(OSError):
            if path.is_file() and path.stat().st_mtime < time.time() - DAY:
                path.unlink()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
