"""Requests to an S3-compatible server: signed, tried again where that helps, refused in words."""

import logging
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import BinaryIO

from django.utils.translation import gettext as _
from urllib3 import BaseHTTPResponse, PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from digi.errors import Unavailable
from digi.files.carriers.signature import EMPTY, Keys, path_of, query_of, signed
from digi.files.places import Bucket

log = logging.getLogger(__name__)


class FilesAway(Unavailable):
    """Nobody answers, or somebody who cannot."""

    code = "storage_away"


class Refused(Unavailable):
    """A fault of the configuration; `reason` names it for those who can mend it, as does its text in a log."""

    reason = ""

    def __str__(self) -> str:
        return self.reason


CONNECT = 5.0  # seconds; also the longest that a server may take no byte of what is sent
ANSWER = 60.0  # seconds in which an answer begins, and between two pieces of it
PROBE = Timeout(connect=2.0, read=3.0)  # of a question that nobody waits for
BLOCK = 262_144  # bytes that are sent at once
POOL = 32  # connections that are kept
RETRY = Retry(
    total=3,
    connect=1,
    read=1,
    status=2,
    other=0,
    redirect=False,
    allowed_methods=None,  # all of ours may be repeated: a key has one content for good
    status_forcelist=(500, 502, 503, 504),
    backoff_factor=0.2,
    raise_on_status=False,
    respect_retry_after_header=False,
)
FULL = frozenset({"XMinioStorageFull", "QuotaExceeded"})
ON_THE_WAY = frozenset(
    {"BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody", "RequestTimeout"}
)  # bytes were hurt
_CODE = re.compile(rb"<Code>([A-Za-z0-9]{1,64})</Code>")


class Client:
    """Speaks with one bucket; safe for threads."""

    def __init__(self, bucket: Bucket, keys: Keys) -> None:
        self._bucket, self._keys = bucket, keys
        self._host = bucket.origin.split("://")[1]
        self._pool = PoolManager(
            maxsize=POOL, retries=RETRY, timeout=Timeout(connect=CONNECT, read=ANSWER), blocksize=BLOCK
        )

    def ask(
        self,
        method: str,
        key: str = "",
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: BinaryIO | None = None,
        size: int = 0,
        digest: str = EMPTY,
        probing: bool = False,
    ) -> BaseHTTPResponse:
        """The answer, whose body is still to be read. The key lies below the prefix; without one the bucket is asked.

        Who is only `probing` is told at once what is wrong.

        Raises `FileNotFoundError` for a key that is not there, `Unavailable` (`storage_away`, `storage_refused`,
        `storage_full`) for everything else that is no success.
        """
        path = path_of(self._bucket.root + (self._bucket.prefix + key if key else ""))
        written = query_of(query or {})
        given = {"Host": self._host} | dict(headers or {})
        if method == "PUT":
            given["Content-Length"] = str(size)
        now, region = datetime.now(UTC), self._bucket.region
        given = signed(method, path, written, given, digest=digest, keys=self._keys, region=region, at=now)
        address = f"{self._bucket.origin}{path}" + (f"?{written}" if written else "")
        patience = {"retries": False, "timeout": PROBE} if probing else {}
        began = time.monotonic()
        try:
            answer = self._pool.urlopen(
                method, address, headers=given, body=body, preload_content=False, redirect=False, **patience
            )
        except (HTTPError, OSError) as error:
            log.warning("The files' server is away: %s of %s.", type(error).__name__, method)
            raise away() from error
        if answer.status in {200, 204, 206}:
            return answer
        raise self._trouble(method, answer, time.monotonic() - began)

    def _trouble(self, method: str, answer: BaseHTTPResponse, seconds: float) -> Unavailable | FileNotFoundError:
        """What an answer that is no success means; its body is read and the connection free."""
        text = b""
        with suppress(HTTPError, OSError):
            text = answer.read(4096)
        answer.drain_conn()
        match = _CODE.search(text)
        code = match[1].decode() if match else ""
        if answer.status == 404 and code in {"NoSuchKey", ""} and method != "PUT":
            return FileNotFoundError("The files' server knows no such key.")

        log.error("The files' server answers %s with %d %s after %.1f s.", method, answer.status, code or "?", seconds)
        if answer.status == 507 or code in FULL:
            return Unavailable(_("The server has no room left for files."), code="storage_full")
        if answer.status >= 500 or answer.status == 429 or code in ON_THE_WAY:
            return away()
        return _refused(answer.status, code)


def away() -> FilesAway:
    sentence = _("Files cannot be reached just now. Nothing is lost: try again in a moment.")
    return FilesAway(sentence, retry_after=10)


def _refused(status: int, code: str) -> Refused:
    sentence = _("Files cannot be reached: the server's own access to them is refused. Its administrators know more.")
    refused = Refused(sentence, code="storage_refused")
    refused.reason = _reason(status, code)
    log.error("Files cannot be reached: %s", refused.reason)
    return refused


def _reason(status: int, code: str) -> str:
    match code:
        case "InvalidAccessKeyId":
            return f"{code}: DIGI_S3_ACCESS_KEY is not known there"
        case "SignatureDoesNotMatch":
            return f"{code}: DIGI_S3_SECRET_KEY is wrong"
        case "AccessDenied" | "AllAccessDisabled":
            return f"{code}: DIGI_S3_ACCESS_KEY may not read, write, list and delete in the bucket"
        case "NoSuchBucket":
            return f"{code}: the bucket of DIGI_FILES is not there, and is never made here"
        case "RequestTimeTooSkewed":
            return f"{code}: the clocks of this machine and of the files' server differ"
        case "AuthorizationHeaderMalformed" | "PermanentRedirect" | "TemporaryRedirect":
            return f"{code}: the region or the endpoint in DIGI_FILES is not the bucket's"
    return f"it answers {status} {code}".rstrip()
