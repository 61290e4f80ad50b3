"""Who takes part in a measurement."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """A line of `manage.py bench_people`: a signed-in person and the room they may enter."""

    user: str
    cookie: str
    connection_id: str
