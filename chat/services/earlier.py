"""What an earlier entry said: for clients that send the same cid again."""

from chat.models import Message, Revision
from chat.services import sealing
from chat.services.entries import Add, Edit, Entry


def said_the_same(entry: Entry, room_id: int, seq: int, rev: int, fresh: str | None) -> bool:
    """Did the change that made revision `rev` of message `seq` carry the entry's text?

    `fresh` is that text where it is not stored yet. A text that has been deleted since can't be compared and counts
    as the same: the answer only says that it was stored once.
    """
    if not isinstance(entry, Add | Edit):
        return True
    stored = fresh if fresh is not None else _text(room_id, seq, rev)
    return stored is None or stored == entry.text


def _text(room_id: int, seq: int, rev: int) -> str | None:
    message = Message.objects.select_related("key").filter(room_id=room_id, seq=seq).first()
    if message is None or message.deleted:
        return None
    body = message.body
    if message.rev != rev:
        revision = Revision.objects.filter(message=message, rev=rev).first()
        if revision is None:
            return None
        body = revision.body
    return sealing.unseal(message.key_id, sealing.opened(message.key), room_id=room_id, seq=seq, rev=rev, body=body)
