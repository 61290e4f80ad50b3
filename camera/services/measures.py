"""What is measured of cameras, in the cache that all processes share: whichever of them is asked knows all of it."""

from collections.abc import Iterable, Sequence

from django.core.cache import cache

KEPT = 15  # seconds for which an agent's word about itself holds

Measures = dict[str, float]


def keep(said: Sequence[tuple[int, Measures]]) -> list[None]:
    """Keep what agents said of themselves this second."""
    cache.set_many({_agent(camera_id): measures for camera_id, measures in said}, KEPT)
    return [None for _one in said]


def drop(counted: Sequence[tuple[int, int]]) -> list[None]:
    """Count the pictures that were left out for slow viewers."""
    for camera_id, count in counted:
        cache.add(_drops(camera_id), 0, None)
        cache.incr(_drops(camera_id), count)
    return [None for _one in counted]


def read(camera_ids: Iterable[int]) -> dict[int, tuple[Measures, int]]:
    """For each camera what its agent said of itself, nothing where that was long ago, and the pictures left out."""
    ids = list(camera_ids)
    found = cache.get_many([name(pk) for pk in ids for name in (_agent, _drops)])
    return {pk: (found.get(_agent(pk), {}), found.get(_drops(pk), 0)) for pk in ids}


def _agent(camera_id: int) -> str:
    return f"camera:{camera_id}:measures"


def _drops(camera_id: int) -> str:
    return f"camera:{camera_id}:drops"
