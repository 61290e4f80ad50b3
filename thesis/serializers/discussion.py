"""Threads, comments and change requests."""

from typing import Any

from rest_framework import serializers

from thesis.models import ChangeRequest, Comment, RequestState, Thread, ThreadVisibility
from thesis.serializers.fields import MomentField, PageSerializer, PersonSerializer

LONGEST = 20_000


class CommentSerializer(serializers.Serializer[Comment]):
    """Written by a person or, where `author` is null, by the reviewer named `guest`."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    author = PersonSerializer(read_only=True, allow_null=True)
    guest = serializers.CharField(source="guest.name", read_only=True, default=None, allow_null=True)
    body = serializers.CharField(read_only=True, help_text="Markdown; empty once deleted.")
    reply_to = serializers.UUIDField(source="reply_to.uuid", read_only=True, default=None, allow_null=True)
    created_at = MomentField(read_only=True)
    changed_at = MomentField(read_only=True, allow_null=True)
    deleted = serializers.SerializerMethodField()
    change_request = serializers.SerializerMethodField()
    version = serializers.IntegerField(read_only=True)

    def get_deleted(self, comment: Comment) -> bool:
        return comment.deleted_at is not None

    def get_change_request(self, comment: Comment) -> str | None:
        request = getattr(comment, "change_request", None)
        return str(request.uuid) if request else None


class ThreadSerializer(serializers.Serializer[Thread]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    thesis = serializers.UUIDField(source="thesis.uuid", read_only=True)
    on_version = serializers.UUIDField(
        source="on.uuid", read_only=True, default=None, allow_null=True, help_text="The version that it is on."
    )
    page = serializers.IntegerField(read_only=True, allow_null=True, help_text="Of the version, from 1.")
    quote = serializers.CharField(read_only=True, help_text="What is remarked on; empty where nobody has said.")
    visibility = serializers.ChoiceField(choices=ThreadVisibility.choices, read_only=True)
    resolved_at = MomentField(read_only=True, allow_null=True)
    resolved_by = PersonSerializer(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    comments = CommentSerializer(many=True, read_only=True)


class ThreadsSerializer(PageSerializer):
    results = ThreadSerializer(many=True, read_only=True)


class OpenThreadSerializer(serializers.Serializer[Any]):
    body = serializers.CharField(max_length=LONGEST)
    visibility = serializers.ChoiceField(choices=ThreadVisibility.choices, required=False, default="all")
    page = serializers.IntegerField(
        min_value=1, max_value=5000, required=False, allow_null=True, default=None, help_text="Of a version, from 1."
    )
    quote = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class WidenSerializer(serializers.Serializer[Any]):
    visibility = serializers.ChoiceField(choices=ThreadVisibility.choices)


class WriteCommentSerializer(serializers.Serializer[Any]):
    body = serializers.CharField(max_length=LONGEST)
    reply_to = serializers.UUIDField(required=False, allow_null=True, default=None)


class EditCommentSerializer(serializers.Serializer[Any]):
    body = serializers.CharField(max_length=LONGEST)


class ChangeRequestSerializer(serializers.Serializer[ChangeRequest]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    thesis = serializers.UUIDField(source="thesis.uuid", read_only=True)
    thread = serializers.UUIDField(source="comment.thread.uuid", read_only=True)
    comment = serializers.UUIDField(source="comment.uuid", read_only=True)
    body = serializers.CharField(source="comment.body", read_only=True)
    blocking = serializers.BooleanField(read_only=True)
    state = serializers.ChoiceField(choices=RequestState.choices, read_only=True)
    requested_by = PersonSerializer(read_only=True)
    created_at = MomentField(read_only=True)
    done_at = MomentField(read_only=True, allow_null=True)
    verified_at = MomentField(read_only=True, allow_null=True)
    version = serializers.IntegerField(read_only=True)


class ChangeRequestsSerializer(PageSerializer):
    results = ChangeRequestSerializer(many=True, read_only=True)


class AskForChangeSerializer(serializers.Serializer[Any]):
    comment = serializers.UUIDField()
    blocking = serializers.BooleanField(required=False, default=False)
