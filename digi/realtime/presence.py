"""Who is here: a mark in the shared cache that each server process keeps fresh for its own people.

A process that dies stops refreshing, and its people's marks expire; nobody has to notice. An invisible person has no
mark. What a place is, an app says: a person in its chat, or a person at one thesis.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from django.core.cache import cache

Place = TypeVar("Place", bound=Hashable)

LIFETIME = 70  # seconds a mark lasts; it is refreshed at every heartbeat


class Marks(Generic[Place]):
    """The marks of one kind of places.

    `key` names a place in the cache, `visible` gives those of these whose people let themselves be seen, and `tell`
    tells everybody concerned that these places are taken (True) or left.
    """

    def __init__(
        self,
        *,
        key: Callable[[Place], str],
        visible: Callable[[set[Place]], set[Place]],
        tell: Callable[[set[Place], bool], None],
    ) -> None:
        self.key, self._visible, self._tell = key, visible, tell

    def here(self, places: Iterable[Place]) -> set[Place]:
        """Which of these are taken, as far as their people let it be seen."""
        keys = {self.key(place): place for place in places}
        return {keys[key] for key in cache.get_many(list(keys))} if keys else set()

    def arrived(self, places: Sequence[Place]) -> list[bool]:
        """Mark places as taken, or refresh their marks, and tell of those that were not; whether each was news.

        Whoever has become invisible loses the mark, and it is told that they left.
        """
        wanted = set(places)
        visible = self._visible(wanted)
        before = self.here(wanted)
        cache.set_many({self.key(place): 1 for place in visible}, LIFETIME)
        fresh, hidden = visible - before, before - visible
        cache.delete_many([self.key(place) for place in hidden])
        self._say(fresh, here=True)
        self._say(hidden, here=False)
        return [place in fresh or place in hidden for place in places]

    def departed(self, places: Sequence[Place]) -> list[bool]:
        """Places whose last socket in this process is closed. Another process that has one says so at its next beat."""
        gone = self.here(places)
        cache.delete_many([self.key(place) for place in gone])
        self._say(gone, here=False)
        return [place in gone for place in places]

    def expired(self, places: Sequence[Place]) -> list[bool]:
        """Which of these, last seen taken, have lost their mark: their process died. It is told."""
        gone = set(places) - self.here(places)
        self._say(gone, here=False)
        return [place in gone for place in places]

    def _say(self, places: set[Place], *, here: bool) -> None:
        if places:
            self._tell(places, here)
