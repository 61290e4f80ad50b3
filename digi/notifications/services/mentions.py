"""@names in what people write, and the people behind them who may read it."""

import re
import unicodedata

from digi.accounts.models import User
from digi.accounts.names import user_name
from digi.notifications.kinds import readers

AT_MOST = 50  # people mentioned in one text
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_NAME = re.compile(r"(?<![\w@./+-])@([\w.+-]{2,150})")


def names(text: str) -> set[str]:
    """The user names that a text mentions: `@ravi`, outside code and addresses; a full stop at the end is no name's."""
    composed = unicodedata.normalize("NFC", text)  # letters, not marks behind letters
    found = {user_name(name.rstrip(".-+")) for name in _NAME.findall(_CODE.sub(" ", composed))}
    return set(sorted(found - {""})[:AT_MOST])


def found(text: str, *, subject: str) -> list[User]:
    """The people whom a text mentions and who may read the subject; nobody learns who else there is. Two queries."""
    wanted = names(text)
    if not wanted:
        return []
    people = {user.pk: user for user in User.objects.present().filter(username__in=wanted)}
    return [people[pk] for pk in sorted(readers(subject, people.keys()))]
