"""A disk that can be filled to its last byte, and emptied again."""

import os
import resource
import subprocess
from pathlib import Path

SIZE = 64  # MiB


class SmallDisk:
    """A file system of its own where that may be mounted; elsewhere a limit on how large the server's files may grow.

    `fill(pid)` leaves no room to the server and `empty(pid)` gives it back. SQLite is told ENOSPC by a full file
    system and EFBIG by the limit, and fails the transaction on either.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def __enter__(self) -> "SmallDisk":
        self.folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "digi-chaos", str(self.folder)]
        self.mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
        return self

    def __exit__(self, *_) -> None:
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    def fill(self, pid: int) -> None:
        if not self.mounted:
            largest = max(file.stat().st_size for file in self.folder.iterdir())
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
            return
        with self._ballast.open("wb", buffering=0) as ballast:
            for step in (2**20, 4096, 1):
                self._pour(ballast, step)

    def empty(self, pid: int) -> None:
        if self.mounted:
            self._ballast.unlink()
        else:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def _pour(self, ballast, step: int) -> None:
        try:
            while True:
                ballast.write(bytes(step))
        except OSError:
            return
