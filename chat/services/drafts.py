"""What a person has begun to write in a room: sealed, for their other devices."""

from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction
from django.utils.translation import gettext as _

from chat.models import Draft, Membership, Room
from chat.services.entries import LONGEST
from digi.accounts.models import User
from digi.crypto import Unreadable, ring
from digi.errors import Invalid, NotFound


@transaction.atomic
def keep(*, room: Room, by: User, text: str) -> None:
    """Keep the draft; an empty one is dropped. Raises `too_long`, `not_member`."""
    if len(text) > LONGEST:
        message = _("A draft holds at most %(limit)d characters.") % {"limit": LONGEST}
        raise Invalid(message, code="too_long", limit=LONGEST)
    membership = Membership.objects.current().filter(room=room, user=by).first()
    if membership is None:
        raise NotFound(_("You are not in this room."), code="not_member")

    if not text.strip():
        Draft.objects.filter(membership=membership).delete()
        return
    body = ring().seal(text.encode(), context(membership.pk))
    Draft.objects.update_or_create(membership=membership, defaults={"body": body})


def texts(membership_ids: Iterable[int]) -> dict[int, str]:
    """The drafts of these memberships, by membership; one that no key opens any more is left out."""
    found = {}
    for draft in Draft.objects.filter(membership__in=list(membership_ids)):
        with suppress(Unreadable):
            sealed = bytes(draft.body)
            found[draft.membership_id] = ring().open(sealed, context(draft.membership_id)).decode()
    return found


def context(membership_id: int) -> bytes:
    """What the draft of this membership is bound to."""
    return b"draft:%d" % membership_id
