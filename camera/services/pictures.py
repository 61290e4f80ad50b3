"""The last picture of a camera, in the cache: for thumbnails and snapshots."""

from django.core.cache import cache

KEPT = 120  # seconds


def keep(camera_id: int, jpeg: bytes) -> None:
    cache.set(_key(camera_id), jpeg, KEPT)


def last(camera_id: int) -> bytes | None:
    """The last JPEG, at most two minutes old; None where there is none."""
    found: bytes | None = cache.get(_key(camera_id))
    return found


def _key(camera_id: int) -> str:
    return f"camera:{camera_id}:picture"
