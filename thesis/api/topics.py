"""Programmes, topics and subscriptions: `/api/v1/topics/`."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from digi.accounts.api.endpoints import IF_MATCH, PageQuery, listed, page, somebody, versioned
from digi.accounts.models import User
from thesis.api.endpoints import ThesisEndpoint, one
from thesis.models import Kind, Programme, Topic, TopicState, TopicSubscription
from thesis.serializers import topics as shapes
from thesis.services import topics
from thesis.states import ApplicationState


class TopicQuery(PageQuery):
    state = serializers.ChoiceField(choices=TopicState.choices, required=False)
    programme = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    tag = serializers.CharField(required=False, max_length=40)
    mine = serializers.BooleanField(required=False, default=False, help_text="Only those that you own.")
    q = serializers.CharField(required=False, max_length=120, help_text="Words of the title or tags.")


def shown(rows: QuerySet[Topic]) -> QuerySet[Topic]:
    """With everything that a topic's shape shows: a fixed number of queries."""
    people = Prefetch("owners", queryset=User.objects.select_related("avatar").order_by("pk"))
    counts = {
        "taken": Count("applications", filter=Q(applications__state=ApplicationState.ACCEPTED)),
        "offered": Count("applications", filter=Q(applications__state=ApplicationState.OFFERED)),
    }
    return rows.select_related("programme__department").prefetch_related(people).annotate(**counts)


class TopicEndpoint(ThesisEndpoint):
    def answer(self, topic: Topic, status: int = 200) -> Response:
        whole = shown(Topic.objects.filter(pk=topic.pk)).get()
        return versioned(shapes.TopicSerializer(whole).data, whole, status)


class Programmes(ThesisEndpoint):
    @extend_schema(operation_id="programmes_list", responses=shapes.ProgrammesSerializer)
    def get(self, request: Request) -> Response:
        """The programmes of your departments."""
        found = Programme.objects.visible_to(self.person).select_related("department")
        return Response({"results": listed(shapes.ProgrammeSerializer, found)})


class Topics(TopicEndpoint):
    @extend_schema(operation_id="topics_list", parameters=[TopicQuery], responses=shapes.TopicsSerializer)
    def get(self, request: Request) -> Response:
        """What your departments offer; drafts are shown to their owners."""
        query = self.asked(TopicQuery)
        rows = _filtered(Topic.objects.visible_to(self.person), query, self.person)
        found, cursor = page(shown(rows), query)
        return Response({"next": cursor, "results": listed(shapes.TopicSerializer, found)})

    @extend_schema(request=shapes.AddTopicSerializer, responses={201: shapes.TopicSerializer})
    def post(self, request: Request) -> Response:
        """Offer a topic: a draft until it is opened."""
        values = self.sent(shapes.AddTopicSerializer)
        programme = one(Programme.objects.visible_to(self.person), values.pop("programme"))
        owners = [somebody(name) for name in values.pop("owners", [])]
        topic = topics.create(programme=programme, by=self.person, owners=owners, **values)
        return self.answer(topic, status.HTTP_201_CREATED)


class OneTopic(TopicEndpoint):
    @extend_schema(responses=shapes.TopicSerializer)
    def get(self, request: Request, topic_id: UUID) -> Response:
        """One topic."""
        return self.answer(topics.find(topic_id, self.person))

    @extend_schema(parameters=[IF_MATCH], request=shapes.ChangeTopicSerializer, responses=shapes.TopicSerializer)
    def patch(self, request: Request, topic_id: UUID) -> Response:
        """Change what you give; the rest stays."""
        topic = topics.find(topic_id, self.person)
        values = self.sent(shapes.ChangeTopicSerializer, partial=True)
        return self.answer(topics.change(topic=topic, by=self.person, version=self.version, **values))


class MoveTopic(TopicEndpoint):
    to: TopicState

    def move(self, topic_id: UUID) -> Response:
        topic = topics.find(topic_id, self.person)
        return self.answer(topics.move(topic=topic, to=self.to, by=self.person, version=self.version))


class OpenTopic(MoveTopic):
    to = TopicState.OPEN

    @extend_schema(parameters=[IF_MATCH], request=None, responses=shapes.TopicSerializer)
    def post(self, request: Request, topic_id: UUID) -> Response:
        """Open a draft, or a closed topic again; whoever has subscribed is told."""
        return self.move(topic_id)


class CloseTopic(MoveTopic):
    to = TopicState.CLOSED

    @extend_schema(parameters=[IF_MATCH], request=None, responses=shapes.TopicSerializer)
    def post(self, request: Request, topic_id: UUID) -> Response:
        """Close a topic: nobody applies for it any more."""
        return self.move(topic_id)


class Subscriptions(ThesisEndpoint):
    @extend_schema(operation_id="topic_subscriptions_list", responses=shapes.SubscriptionsSerializer)
    def get(self, request: Request) -> Response:
        """What you asked to hear of."""
        mine = TopicSubscription.objects.filter(user=self.person).select_related("programme__department")
        return Response({"results": listed(shapes.SubscriptionSerializer, mine.order_by("pk"))})

    @extend_schema(request=shapes.SubscribeSerializer, responses={201: shapes.SubscriptionSerializer})
    def post(self, request: Request) -> Response:
        """Hear of every topic that opens in a programme, or of those with a tag."""
        values = self.sent(shapes.SubscribeSerializer)
        programme = one(Programme.objects.visible_to(self.person), values["programme"])
        made = topics.subscribe(programme=programme, by=self.person, tag=values["tag"])
        return Response(shapes.SubscriptionSerializer(made).data, status=status.HTTP_201_CREATED)


class OneSubscription(ThesisEndpoint):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, subscription_id: UUID) -> Response:
        """Hear of it no more."""
        mine = one(TopicSubscription.objects.filter(user=self.person), subscription_id)
        topics.unsubscribe(subscription=mine, by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _filtered(rows: Any, query: dict[str, Any], person: User) -> Any:
    if "state" in query:
        rows = rows.filter(state=query["state"])
    if "programme" in query:
        rows = rows.filter(programme__uuid=query["programme"])
    if "kind" in query:
        rows = rows.filter(kinds__contains=f",{query['kind']},")
    if "tag" in query:
        rows = rows.filter(tags__contains=f",{query['tag'].lower()},")
    if query["mine"]:
        rows = rows.filter(owners=person)
    return rows.named(query.get("q", ""))
