"""Rooms, messages and people as the API shows and takes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from chat.services.history import Shown
from chat.services.overview import MemberView, RoomView
from digi.accounts.serializers import PersonSerializer
from digi.api import MomentField


class MemberSerializer(serializers.Serializer[MemberView]):
    left = serializers.BooleanField(read_only=True)
    read = serializers.IntegerField(read_only=True, allow_null=True, help_text="Read up to this seq; null: not shown.")
    delivered = serializers.IntegerField(read_only=True, allow_null=True)
    presence = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=["online", "offline"]))
    def get_presence(self, member: MemberView) -> str:
        return "online" if member.online else "offline"

    def to_representation(self, instance: MemberView) -> dict[str, Any]:
        return dict(PersonSerializer(instance.user).data) | dict(super().to_representation(instance))


class MessageSerializer(serializers.Serializer[Shown]):
    """A message's present state; `message` is null once it is deleted."""

    message_id = serializers.CharField(read_only=True)
    n = serializers.IntegerField(read_only=True, help_text="Number of its last change.")
    seq = serializers.IntegerField(read_only=True, help_text="Number of its birth: the key of pages.")
    rev = serializers.IntegerField(read_only=True)
    user = serializers.CharField(read_only=True)
    message = serializers.CharField(read_only=True, allow_null=True)
    at = MomentField(read_only=True)
    changed_at = MomentField(read_only=True, allow_null=True)
    deleted = serializers.BooleanField(read_only=True)
    reply_to = serializers.CharField(read_only=True, allow_null=True)
    cid = serializers.UUIDField(read_only=True)


class RoomSerializer(serializers.Serializer[RoomView]):
    id = serializers.UUIDField(source="room.uuid", read_only=True)
    connection_id = serializers.CharField(
        read_only=True, help_text="What the room's socket address ends in; twelve hours."
    )
    kind = serializers.CharField(source="room.kind", read_only=True)
    title = serializers.CharField(read_only=True)
    members = MemberSerializer(many=True, read_only=True)
    unread = serializers.IntegerField(read_only=True)
    last_message = MessageSerializer(read_only=True, allow_null=True)
    head = serializers.IntegerField(source="room.head", read_only=True, help_text="Number of the last change.")
    read = serializers.IntegerField(source="membership.read", read_only=True)
    receipts = serializers.BooleanField(source="membership.receipts", read_only=True)
    draft = serializers.CharField(read_only=True)


class OpenRoomSerializer(serializers.Serializer[Any]):
    with_ = serializers.CharField(max_length=150, help_text="The other person's user name.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        return {"with": fields["with_"]}


class RoomSettingsSerializer(serializers.Serializer[Any]):
    receipts = serializers.BooleanField(required=False)


class PostSerializer(serializers.Serializer[Any]):
    message = serializers.CharField(allow_blank=True, trim_whitespace=False, help_text="At most 8 000 code points.")
    cid = serializers.UUIDField(required=False, help_text="The same cid again gives the first answer again.")
    reply_to = serializers.CharField(required=False, allow_null=True, max_length=200)


class EditSerializer(serializers.Serializer[Any]):
    message = serializers.CharField(allow_blank=True, trim_whitespace=False, help_text="At most 8 000 code points.")
    cid = serializers.UUIDField(required=False)
    base_rev = serializers.IntegerField(required=False, min_value=1, help_text="The revision that was edited.")


class DraftSerializer(serializers.Serializer[Any]):
    message = serializers.CharField(allow_blank=True, trim_whitespace=False, help_text="Empty drops the draft.")


class WrittenSerializer(serializers.Serializer[Any]):
    """What was stored; `duplicate` when the same cid had stored it before."""

    n = serializers.IntegerField(read_only=True)
    seq = serializers.IntegerField(read_only=True)
    rev = serializers.IntegerField(read_only=True)
    message_id = serializers.CharField(read_only=True)
    duplicate = serializers.BooleanField(read_only=True)


class RevisionSerializer(serializers.Serializer[Any]):
    rev = serializers.IntegerField(read_only=True)
    message = serializers.CharField(read_only=True)
    at = MomentField(read_only=True)


class RevisionsSerializer(serializers.Serializer[Any]):
    results = RevisionSerializer(many=True, read_only=True)


class MessagesSerializer(serializers.Serializer[Any]):
    """A page of messages in ascending seq, and whether there are more on the asked side."""

    results = MessageSerializer(many=True, read_only=True)
    more = serializers.BooleanField(read_only=True)


class RoomsSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(read_only=True, allow_null=True)
    results = RoomSerializer(many=True, read_only=True)
