"""Ending mails by the link in one of them."""

from collections.abc import Iterable

from django.db import transaction

from digi.accounts.models import User
from digi.audit import services as audit
from digi.notifications.kinds import kinds
from digi.notifications.models import Channel, Preference, Timing
from digi.notifications.services import wishes


@transaction.atomic
def unsubscribe(*, user: User, names: Iterable[str]) -> None:
    """No more mails of these kinds; their other ways stay. Those of another release are passed over."""
    ended = _known(names)
    for name in ended:
        wishes.prefer(user=user, kind=name, timings={Channel.MAIL: Timing.OFF})
    audit.record(action="mails.ended", target=audit.target_of(user), details={"kinds": ended})


@transaction.atomic
def subscribe(*, user: User, names: Iterable[str]) -> None:
    """Mails of these kinds again, as they come unless one says otherwise."""
    resumed = _known(names)
    Preference.objects.filter(user=user, kind__in=resumed, channel=Channel.MAIL).delete()
    audit.record(action="mails.resumed", target=audit.target_of(user), details={"kinds": resumed})


def _known(names: Iterable[str]) -> list[str]:
    return [name for name in names if name in kinds and not kinds[name].obligatory]
