"""What can be told, why, and to whom: apps register it at start-up, and this app knows none of them.

`register(Kind(name="thesis.comment", label=_("Comments"), sentence=commented, mail=Timing.INSTANT))`,
`register_reason(Reason(name="thesis.supervisor", sentence=_("because you supervise this thesis")))` and
`register_target("thesis", may_read)` in the `ready` of an app are enough for `services.notify`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from digi.notifications.models import Channel, Timing

Words = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a sentence is made of. `actor` is a name, empty where nobody in particular caused it.

    `others` counts the further people of a group, `count` how often it happened; `facts` is what `notify` was given
    at the last time.
    """

    actor: str
    others: int
    count: int
    title: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of notification, which people find in their preferences.

    `sentence` says what happened, in the active language, without a full stop: "Ravi left two remarks"; it must cope
    with `count` above one where callers group. `inbox`, `mail` and `browser` are the defaults. An `obligatory` kind
    reaches everybody at once: neither mutes nor preferences hold it back. `icon` is one of the sprite.
    """

    name: str
    label: Words
    sentence: Callable[[Told], str]
    inbox: Timing = Timing.INSTANT
    mail: Timing = Timing.DAILY
    browser: Timing = Timing.INSTANT
    obligatory: bool = False
    icon: str = "bell"

    def default(self, channel: str) -> Timing:
        return {Channel.INBOX: self.inbox, Channel.MAIL: self.mail, Channel.BROWSER: self.browser}[Channel(channel)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why somebody is told, as a clause: "because you supervise this thesis".

    `participating` reasons still reach those who set a target to "what concerns me"; `mention` ones also those who
    want mentions only.
    """

    name: str
    sentence: Words
    participating: bool = True
    mention: bool = field(default=False)


MENTION = Reason(name="mention", sentence=_("because you are mentioned"), mention=True)
WATCHING = Reason(name="watching", sentence=_("because you follow this"), participating=False)

MayRead = Callable[[str, Collection[int]], set[int]]

kinds: dict[str, Kind] = {}
reasons: dict[str, Reason] = {reason.name: reason for reason in (MENTION, WATCHING)}
_targets: dict[str, MayRead] = {}


def register(kind: Kind) -> None:
    kinds[kind.name] = kind


def register_reason(reason: Reason) -> None:
    reasons[reason.name] = reason


def register_target(prefix: str, may_read: MayRead) -> None:
    """Targets and subjects named `prefix:<public id>`.

    `may_read(name, user_ids)` says which of these people may read the thing of this name, all of them in a fixed
    number of queries; nobody where it is gone.
    """
    _targets[prefix] = may_read


def readers(name: str, user_ids: Collection[int]) -> set[int]:
    """Who of these people may read what is named so. Raises `LookupError` for a prefix that nobody registered."""
    prefix = name.partition(":")[0]
    if prefix not in _targets:
        raise LookupError(f"no app has registered the target {prefix!r}")
    return _targets[prefix](name, user_ids) if user_ids else set()
