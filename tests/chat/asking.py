"""What tests of the API ask about, and what may have come of it."""

from chat.models import Draft, Membership, Message, Room


def here(room) -> str:
    return f"rooms/{room.uuid}/"


def stored() -> list:
    """Everything that a request could have changed."""
    return [
        list(Room.objects.order_by("pk").values_list("pk", "head")),
        list(Message.objects.order_by("pk").values_list("n", "rev", "body")),
        list(Membership.objects.order_by("pk").values_list("left_at", "hidden_at", "receipts", "read")),
        list(Draft.objects.order_by("pk").values_list("pk", "body")),
    ]
