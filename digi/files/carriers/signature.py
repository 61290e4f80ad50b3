"""How requests to S3 are signed: AWS Signature Version 4, in the header.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

EMPTY = sha256(b"").hexdigest()
_METHOD = "AWS4-HMAC-SHA256"


class Keys(NamedTuple):
    """Who asks, and the secret that proves it."""

    access: str
    secret: str

    def __repr__(self) -> str:
        return f"Keys({self.access!r}, …)"


def path_of(path: str) -> str:
    """A path as it stands in requests and in what is signed."""
    return quote(path, safe="/-_.~")


def query_of(query: Mapping[str, str]) -> str:
    """A query as it stands in requests and in what is signed: in order, spaces as %20."""
    return "&".join(f"{quote(name, safe='-_.~')}={quote(query[name], safe='-_.~')}" for name in sorted(query))


def signed(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    *,
    digest: str,
    keys: Keys,
    region: str,
    at: datetime,
) -> dict[str, str]:
    """The headers, `Host` among them, and those that sign them all. `digest` is the body's SHA-256: it is signed, too.

    `path` and `query` are as `path_of` and `query_of` write them; `at` is the time now, in UTC.
    """
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    given = {name.lower(): value.strip() for name, value in headers.items()}
    given |= {"x-amz-content-sha256": digest, "x-amz-date": stamp}
    names = ";".join(sorted(given))
    lines = "".join(f"{name}:{given[name]}\n" for name in sorted(given))
    request = "\n".join((method, path, query, lines, names, digest))

    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    text = "\n".join((_METHOD, stamp, scope, sha256(request.encode()).hexdigest()))
    signature = hmac.new(_key(keys.secret, scope), text.encode(), sha256).hexdigest()
    words = f"Credential={keys.access}/{scope},SignedHeaders={names},Signature={signature}"
    return given | {"authorization": f"{_METHOD} {words}"}


def _key(secret: str, scope: str) -> bytes:
    """The day's key for this region and service."""
    key = f"AWS4{secret}".encode()
    for word in scope.split("/"):
        key = hmac.new(key, word.encode(), sha256).digest()
    return key
