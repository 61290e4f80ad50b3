"""Files on their way from one carrier to another: copied, compared, and left where they were."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from digi.files.carriers import Carrier
from digi.files.models import StoredFile
from digi.files.services import parts, storage
from digi.files.services.storage import Damaged
from digi.files.streams import PIECE


@dataclass(slots=True)
class Moved:
    """What came of it: files copied, files that were there, and the keys of those that are lost or damaged."""

    copied: int = 0
    there: int = 0
    lost: list[str] = field(default_factory=list)


def copy(*, source: Carrier, target: Carrier, reread: bool, tell: Callable[[Moved], object]) -> Moved:
    """Copy what has a row, and the parts of uploads. What is there in its size is there whole, and left alone.

    With `reread` every file's bytes are read again at the target. Raises `Unavailable` where a carrier is away: begun
    again, it goes on.
    """
    moved = Moved()
    for file in StoredFile.objects.order_by("pk").iterator(chunk_size=500):
        try:
            _file(file, source, target, reread, moved)
        except (FileNotFoundError, Damaged):
            moved.lost.append(file.path)
        tell(moved)
    for held in source.held(f"{parts.ROOT}/"):
        if target.size(held.key) != held.size:
            _part(held.key, source, target)
    return moved


def _file(file: StoredFile, source: Carrier, target: Carrier, reread: bool, moved: Moved) -> None:
    if target.size(file.path) == file.size:
        moved.there += 1
    else:
        with source.open(file.path) as content:
            storage.put_back(key=file.path, content=content, digest=file.sha256, carrier=target)
        moved.copied += 1
    if reread and _digest(file.path, target) != file.sha256:
        raise Damaged(file.path)


def _part(key: str, source: Carrier, target: Carrier) -> None:
    """Parts have no digest in a row: what is read twice has to be the same."""
    digest = _digest(key, source)
    with source.open(key) as content:
        storage.put_back(key=key, content=content, digest=digest, carrier=target)


def _digest(key: str, carrier: Carrier) -> str:
    found = sha256()
    with carrier.open(key) as content:
        while piece := content.read(PIECE):
            found.update(piece)
    return found.hexdigest()
