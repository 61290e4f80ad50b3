"""Rooms, who is in them, and what was said: bodies are sealed, changes are numbered and chained."""

import uuid
from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Scheme(models.TextChoices):
    SERVER = "server", _("Encrypted at rest")
    E2EE = "e2ee", _("End-to-end encrypted")


class RoomKind(models.TextChoices):
    PAIR = "pair", _("Two people")
    GROUP = "group", _("Group")


class RoomQuerySet(models.QuerySet["Room"]):
    def of(self, user: Any) -> Self:
        """Rooms the person is a member of now."""
        return self.filter(memberships__user=user, memberships__left_at=None)


class Room(models.Model):
    """Where people write to each other.

    `head` is the number of the last change, `head_hash` that change's hash. `epoch` rises whenever somebody
    is removed, so that a socket may trust its own membership while the epoch stands still.
    `pair` holds both ids of a pair, so that two people have one room between them. `id_key` makes message ids:
    wrapped by the ring, never rotated.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=RoomKind.choices, default=RoomKind.PAIR)
    scheme = models.CharField(_("encryption"), max_length=8, choices=Scheme.choices, default=Scheme.SERVER)
    title = models.CharField(_("title"), max_length=120, blank=True)
    pair = models.CharField(max_length=48, unique=True, null=True, blank=True, editable=False)
    head = models.BigIntegerField(_("last change"), default=0, editable=False)
    head_hash = models.BinaryField(max_length=32, default=bytes, editable=False)
    epoch = models.IntegerField(default=1, editable=False)
    id_key = models.BinaryField(max_length=255, editable=False)
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)
    created_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")

    def __str__(self) -> str:
        return self.title or str(self.uuid)


class MembershipRole(models.TextChoices):
    OWNER = "owner", _("Owner")
    MEMBER = "member", _("Member")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> Self:
        return self.filter(left_at=None)

    def listed(self) -> Self:
        """Those that stand in the person's room list: not left, and not hidden since the last change."""
        return self.current().filter(Q(hidden_at=None) | Q(room__head__gt=models.F("hidden_at")))


class Membership(models.Model):
    """A person in a room. Leaving keeps the row, so that coming back finds its place.

    `read` and `delivered` are the seq up to which this person has read and received; `hidden_at` is the head
    at which they hid the room. `receipts` off shows nobody their reading, and shows them nobody's.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(PERSON, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=8, choices=MembershipRole.choices, default=MembershipRole.MEMBER)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    read = models.BigIntegerField(default=0)
    delivered = models.BigIntegerField(default=0)
    hidden_at = models.BigIntegerField(null=True, blank=True)
    receipts = models.BooleanField(_("read receipts"), default=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (models.UniqueConstraint(fields=("room", "user"), name="membership_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} in {self.room_id}"


class RoomKey(models.Model):
    """The data key of a room's month, wrapped by the ring. Destroying it shreds every body born in that month."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="keys", db_index=False)
    month = models.IntegerField()  # year * 12 + month - 1
    wrapped = models.BinaryField(max_length=255)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("room", "month"), name="room_key_once"),)

    def __str__(self) -> str:
        return f"{self.room_id} in {self.month // 12}-{self.month % 12 + 1:02}"


class MessageQuerySet(models.QuerySet["Message"]):
    def newest_in(self, room_ids: Iterable[int]) -> Self:
        """The last message of each of these rooms."""
        newest = Message.objects.filter(room=models.OuterRef("room")).order_by("-seq").values("seq")[:1]
        return self.filter(room__in=list(room_ids), seq=models.Subquery(newest))

    def unread_by(self, user: Any) -> Self:
        """What others have written in the person's rooms since they last read there."""
        return self.filter(
            room__memberships__user=user,
            room__memberships__left_at=None,
            seq__gt=models.F("room__memberships__read"),
            deleted=False,
        ).exclude(sender=user)


class Message(models.Model):
    """A message's present state. `seq` is the change number of its birth, `n` of its last change.

    `body` is what `chat.sealing` made of the text, bound to (room, seq, rev, key); empty once deleted.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="messages", db_index=False)
    sender = models.ForeignKey(PERSON, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    n = models.BigIntegerField()
    rev = models.IntegerField(default=1)
    cid = models.UUIDField()
    key = models.ForeignKey(RoomKey, models.PROTECT, related_name="+", db_index=False)
    body = models.BinaryField()
    reply_to = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    deleted = models.BooleanField(default=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("room", "seq"), name="message_seq_once"),)

    def __str__(self) -> str:
        return f"{self.room_id}#{self.seq}"


class Revision(models.Model):
    """A body that an edit has replaced: what the message's history shows."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="revisions", db_index=False)
    rev = models.IntegerField()
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message", "rev"), name="revision_once"),)

    def __str__(self) -> str:
        return f"{self.message_id} revision {self.rev}"


class ChangeKind(models.TextChoices):
    ADD = "add"
    EDIT = "edit"
    DELETE = "delete"
    JOIN = "join"
    LEAVE = "leave"
    SETTING = "setting"


class Change(models.Model):
    """One append-only line of a room's log, without text; `hash` covers the hash before and every field here.

    `seq` and `rev` name the message's state it made; `digest` is the SHA-256 of that state's sealed body;
    `subject` is whom a join, leave or setting concerns; `detail` what a setting became.
    """

    room = models.ForeignKey(Room, models.CASCADE, related_name="changes", db_index=False)
    n = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=ChangeKind.choices)
    seq = models.BigIntegerField(null=True)
    rev = models.IntegerField(null=True)
    actor = models.ForeignKey(PERSON, models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, db_index=False)
    detail = models.CharField(max_length=200, blank=True)
    cid = models.UUIDField()
    at = models.DateTimeField()
    digest = models.BinaryField(max_length=32, default=bytes)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("room", "n"), name="change_n_once"),
            models.UniqueConstraint(fields=("cid", "actor"), name="change_cid_once"),
        )

    def __str__(self) -> str:
        return f"{self.room_id}#{self.n} {self.kind}"


class Draft(models.Model):
    """What a person has begun to write in a room, sealed; so that another device can go on with it."""

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="draft")
    body = models.BinaryField()
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"draft of {self.membership_id}"
