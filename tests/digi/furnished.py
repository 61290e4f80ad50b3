"""One of each thing that the key ring seals, made and read by the ways that people use."""

from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt

from chat.models import Room, RoomKey
from chat.services import drafts, history, journal, rooms, sealing
from digi.accounts.models import User
from digi.webhooks.models import Webhook
from digi.webhooks.services import signing, webhooks
from tests.chat.writing import add, id_of

MONTHS = (datetime(2026, 1, 20, tzinfo=UTC), datetime(2026, 2, 10, tzinfo=UTC))
SECRET = "JBSWY3DPEHPK3PXP"
VALUES = {
    "data keys of rooms": 2,
    "keys of message ids": 1,
    "drafts": 1,
    "second factors": 2,
    "secrets of webhooks": 1,
    "former secrets of webhooks": 1,
}


class Furnished:
    """Alice's and Bob's room with messages of two months and a draft, and Alice's second factors and webhook."""

    def __init__(self, alice: User, bob: User) -> None:
        self.room: Room = rooms.open_pair(by=alice, other=bob)[0]
        for number, month in enumerate(MONTHS):
            journal.write([add(self.room, alice, f"message {number}")], at=month)
        drafts.keep(room=self.room, by=alice, text="begun")
        TOTP.activate(alice, SECRET)
        self.codes = RecoveryCodes.activate(alice).generate_codes()
        webhook, self.first_secret = webhooks.create(owner=alice, url="https://hooks.example.org/")
        self.webhook, self.second_secret = webhooks.rotate_secret(webhook=webhook, by=alice)
        self.message_ids = [id_of(self.room, 1), id_of(self.room, 2)]

    def stands(self) -> dict[str, object]:
        """Everything as it is read now. Raises `Unreadable` where something does not open."""
        sealing.forget()
        room, webhook = Room.objects.get(pk=self.room.pk), Webhook.objects.get(pk=self.webhook.pk)
        factors = {one.type: one.wrap() for one in Authenticator.objects.all()}
        old = Webhook(uuid=webhook.uuid, secret=webhook.old_secret)
        return {
            "texts": [message.message for message in history.page(room)[0]],
            "message ids": [id_of(room, 1), id_of(room, 2)],
            "drafts": list(drafts.texts(room.memberships.values_list("pk", flat=True)).values()),
            "secret": signing.shown(webhook),
            "former secret": signing.shown(old),
            "codes": factors["recovery_codes"].generate_codes(),
            "factor": decrypt(factors["totp"].instance.data["secret"]),
        }

    def expected(self) -> dict[str, object]:
        return {
            "texts": ["message 0", "message 1"],
            "message ids": self.message_ids,
            "drafts": ["begun"],
            "secret": self.second_secret,
            "former secret": self.first_secret,
            "codes": self.codes,
            "factor": SECRET,
        }


def more_keys(room: Room, count: int) -> None:
    """Data keys of so many months of a distant future."""
    months = range(100_000, 100_000 + count)
    made = (RoomKey(room=room, month=month, wrapped=sealing.new_data_key(room.pk, month)) for month in months)
    RoomKey.objects.bulk_create(made, batch_size=500)
