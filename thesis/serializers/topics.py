"""Programmes, topics and subscriptions to them."""

from typing import Any

from rest_framework import serializers

from thesis.models import Kind, LatePolicy, Programme, Topic, TopicState, TopicSubscription
from thesis.serializers.fields import DayField, MomentField, PageSerializer, PersonSerializer, TitleField, UserField


class ProgrammeSerializer(serializers.Serializer[Programme]):
    """What the theses of a programme must have and do."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    name = serializers.CharField(read_only=True)
    department = serializers.CharField(source="department.slug", read_only=True)
    proposal_required = serializers.BooleanField(read_only=True)
    second_examiner_required = serializers.BooleanField(read_only=True)
    defence_required = serializers.BooleanField(read_only=True)
    late = serializers.ChoiceField(choices=LatePolicy.choices, read_only=True)
    offer_days = serializers.IntegerField(read_only=True)
    expiry_weeks = serializers.IntegerField(read_only=True)
    retention_years = serializers.IntegerField(read_only=True)


class ProgrammesSerializer(serializers.Serializer[Any]):
    results = ProgrammeSerializer(many=True, read_only=True)


class ProgrammeNameSerializer(serializers.Serializer[Programme]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    name = serializers.CharField(read_only=True)
    department = serializers.CharField(source="department.slug", read_only=True)


class TopicSerializer(serializers.Serializer[Topic]):
    """`taken` places are given for good, `offered` ones wait for an answer."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    programme = ProgrammeNameSerializer(read_only=True)
    title = serializers.CharField(read_only=True)
    body = serializers.CharField(read_only=True, help_text="Markdown.")
    requirements = serializers.CharField(read_only=True, help_text="Markdown.")
    kinds = serializers.ListField(child=serializers.CharField(), source="kind_list", read_only=True)
    tags = serializers.ListField(child=serializers.CharField(), source="tag_list", read_only=True)
    capacity = serializers.IntegerField(read_only=True)
    taken = serializers.IntegerField(read_only=True)
    offered = serializers.IntegerField(read_only=True)
    deadline = serializers.DateField(read_only=True, allow_null=True)
    state = serializers.ChoiceField(choices=TopicState.choices, read_only=True)
    owners = PersonSerializer(many=True, read_only=True)
    created_at = MomentField(read_only=True)
    version = serializers.IntegerField(read_only=True)


class TopicsSerializer(PageSerializer):
    results = TopicSerializer(many=True, read_only=True)


class ChangeTopicSerializer(serializers.Serializer[Any]):
    title = TitleField(max_length=300)
    body = serializers.CharField(required=False, allow_blank=True, max_length=50_000)
    requirements = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=Kind.choices), required=False, max_length=4)
    tags = serializers.ListField(child=TitleField(max_length=40), required=False, max_length=20)
    capacity = serializers.IntegerField(required=False, min_value=1, max_value=1000)
    deadline = DayField(required=False, allow_null=True)


class AddTopicSerializer(ChangeTopicSerializer):
    programme = serializers.UUIDField()
    owners = serializers.ListField(child=UserField(), required=False, max_length=20, help_text="Beside yourself.")


class SubscriptionSerializer(serializers.Serializer[TopicSubscription]):
    id = serializers.UUIDField(source="uuid", read_only=True)
    programme = ProgrammeNameSerializer(read_only=True)
    tag = serializers.CharField(read_only=True, help_text="Empty: every topic.")


class SubscriptionsSerializer(serializers.Serializer[Any]):
    results = SubscriptionSerializer(many=True, read_only=True)


class SubscribeSerializer(serializers.Serializer[Any]):
    programme = serializers.UUIDField()
    tag = TitleField(required=False, allow_blank=True, max_length=40, default="")
