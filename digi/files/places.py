"""Where DIGI_FILES says that files lie: in a folder, or in a bucket of an S3-compatible server."""

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

SCHEME = "s3://"
PATH, VIRTUAL = "path", "virtual"  # how a bucket is named in a request: in its path, or in its host

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*")


class Bucket(NamedTuple):
    """A place in a bucket. `endpoint` is an origin, `prefix` is empty or ends with a slash."""

    name: str
    prefix: str
    endpoint: str
    region: str
    style: str

    @property
    def origin(self) -> str:
        """Scheme and host that requests go to."""
        scheme, host = self.endpoint.split("://")
        return f"{scheme}://{self.name}.{host}" if self.style == VIRTUAL else self.endpoint

    @property
    def root(self) -> str:
        """What the path of each request begins with."""
        return "/" if self.style == VIRTUAL else f"/{self.name}/"


def parse(address: str) -> Path | Bucket:
    """A folder's path, or `s3://bucket/prefix?endpoint=https://host:port&region=…&style=path|virtual`.

    Without an endpoint it is Amazon's own of the region, with the bucket in the host's name. Raises `ValueError` with a
    sentence.
    """
    if not address.startswith(SCHEME):
        return Path(address)

    parts = urlsplit(address)
    prefix = f"{parts.path.strip('/')}/".lstrip("/")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not _NAME.fullmatch(parts.netloc):
        raise ValueError(f"“{parts.netloc}” is no bucket's name.")
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"“{prefix}” holds more than letters, digits, dots, dashes and slashes.")
    if unknown := options.keys() - {"endpoint", "region", "style"}:
        raise ValueError(f"{min(unknown)} is not known; endpoint, region and style are.")

    region = options.get("region") or "us-east-1"
    style = options.get("style") or (PATH if "endpoint" in options else VIRTUAL)
    if style not in {PATH, VIRTUAL}:
        raise ValueError(f"style is path or virtual, not {style}.")
    endpoint = _endpoint(options.get("endpoint") or f"https://s3.{region}.amazonaws.com")
    return Bucket(parts.netloc, prefix, endpoint, region, style)


def _endpoint(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.path.strip("/"):
        raise ValueError(f"endpoint is an origin such as https://s3.example:9000, not {address}.")
    return f"{parts.scheme}://{parts.netloc}"
