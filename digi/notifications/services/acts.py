"""What sockets ask for, many at a time: seen, read, done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from digi.accounts.models import User
from digi.errors import DigiError
from digi.notifications.services import states


@dataclass(slots=True, frozen=True)
class Act:
    """One frame of one person; numbers that are not theirs name nothing."""

    user_id: int
    verb: str
    numbers: tuple[int, ...]


VERBS: dict[str, Callable[..., int]] = {"seen": states.see, "read": states.read, "done": states.finish}


def perform(asked: Sequence[Act]) -> list[int | DigiError]:
    """For each act: how many notifications it changed, or what was wrong."""
    people = User.objects.in_bulk({act.user_id for act in asked})
    return [_performed(people[act.user_id], act) for act in asked]


def _performed(user: User, act: Act) -> int | DigiError:
    try:
        return VERBS[act.verb](user=user, numbers=act.numbers)
    except DigiError as error:
        return error
