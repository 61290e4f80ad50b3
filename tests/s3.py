"""A real S3-compatible server for tests: rclone's, which checks signatures and keeps objects as files of a folder."""

import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests.environment import DIRECTORY
from tests.servers import Process, free_port

ACCESS, SECRET = "digi-tests", "a secret with / and + in it"
BUCKET = "digi-files"


class S3Server(Process):
    """Serves `root`, whose folders are buckets. `stop()` and `start()` again keep the port and what is there."""

    def __init__(self, root: Path) -> None:
        self.port = free_port()
        self.root = root
        (root / BUCKET).mkdir(parents=True)
        rclone = str(Path(sys.executable).parent / "rclone")
        options = ["--addr", f"127.0.0.1:{self.port}", "--config", "/dev/null", "-q"]
        secret = {"RCLONE_AUTH_KEY": f'"{ACCESS},{SECRET}"', "RCLONE_CACHE_DIR": str(DIRECTORY / "rclone")}
        super().__init__([rclone, "serve", "s3", *options, str(root)], name="s3", environment=secret)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def place(self, prefix: str) -> "S3Place":
        return S3Place(self, prefix)

    def answers(self) -> bool:
        try:
            with urlopen(self.endpoint, timeout=2):
                return True
        except HTTPError:
            return True
        except (URLError, OSError):
            return False


@dataclass(frozen=True)
class S3Place:
    """A prefix in the bucket, and the folder in which the server keeps what lies there."""

    server: S3Server
    prefix: str

    @property
    def address(self) -> str:
        """What DIGI_FILES is."""
        return f"s3://{BUCKET}/{self.prefix}?endpoint={self.server.endpoint}"

    @property
    def folder(self) -> Path:
        return self.server.root / BUCKET / self.prefix

    def environment(self, spool: Path) -> dict[str, str]:
        """What a server of ours is told."""
        keys = {"DIGI_S3_ACCESS_KEY": ACCESS, "DIGI_S3_SECRET_KEY": SECRET}
        return {"DIGI_FILES": self.address, "DIGI_SPOOL": str(spool), **keys}
