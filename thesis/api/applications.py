"""Applications and their verbs: `/api/v1/applications/`."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from digi.accounts.api.endpoints import IF_MATCH, PageQuery, listed, page, somebody, versioned
from thesis.api.endpoints import ThesisEndpoint, one
from thesis.models import Application, Programme
from thesis.serializers import applications as shapes
from thesis.services import applicants, applications, topics
from thesis.services.applications import Slot
from thesis.states import ApplicationState

RELATED = ("programme__department", "topic", "student__avatar", "supervisor__avatar", "thesis")


class ApplicationQuery(PageQuery):
    state = serializers.ChoiceField(choices=ApplicationState.choices, required=False)
    topic = serializers.UUIDField(required=False)
    role = serializers.ChoiceField(
        choices=["student", "owner"], required=False, help_text="Your own, or those that you decide on."
    )


class ApplicationEndpoint(ThesisEndpoint):
    def application(self, application_id: UUID) -> Application:
        return applicants.find(application_id, self.person)

    def whole(self, application: Application, status: int = 200) -> Response:
        """With its history, its slots, and what the person may do; a fixed number of queries."""
        found = Application.objects.select_related(*RELATED).prefetch_related("slots").get(pk=application.pk)
        found_verbs = applications.verbs(application=found, by=self.person)
        shown: Any = found
        shown.history = found.steps.select_related("actor__avatar").order_by("n")
        shown.allowed = [verb for verb in found_verbs if not verb.reason]
        shown.blocked = [verb for verb in found_verbs if verb.reason]
        return versioned(shapes.WholeApplicationSerializer(shown).data, found, status)

    def do(self, verb: Callable[..., Application], application_id: UUID, **given: Any) -> Response:
        application = self.application(application_id)
        return self.whole(verb(application=application, by=self.person, version=self.version, **given))


class Applications(ApplicationEndpoint):
    @extend_schema(
        operation_id="applications_list", parameters=[ApplicationQuery], responses=shapes.ApplicationsSerializer
    )
    def get(self, request: Request) -> Response:
        """Your applications, and those on which you decide."""
        query = self.asked(ApplicationQuery)
        rows: QuerySet[Application] = Application.objects.visible_to(self.person)
        if "state" in query:
            rows = rows.filter(state=query["state"])
        if "topic" in query:
            rows = rows.filter(topic__uuid=query["topic"])
        if query.get("role") == "student":
            rows = rows.filter(student=self.person)
        elif query.get("role") == "owner":
            rows = Application.objects.decided_by(self.person) & rows
        found, cursor = page(rows.select_related(*RELATED), query)
        return Response({"next": cursor, "results": listed(shapes.ApplicationSerializer, found)})

    @extend_schema(request=shapes.ApplySerializer, responses={201: shapes.WholeApplicationSerializer})
    def post(self, request: Request) -> Response:
        """Apply for a topic, or with a title of your own."""
        values = self.sent(shapes.ApplySerializer)
        words = {name: values[name] for name in ("kind", "motivation", "cv")}
        if "topic" in values:
            topic = topics.find(values["topic"], self.person)
            made = applications.apply_for_topic(topic=topic, by=self.person, **words)
        else:
            programme = one(Programme.objects.visible_to(self.person), values["programme"])
            supervisor = somebody(values["supervisor"])
            made = applications.apply_with_title(
                programme=programme, title=values["title"], supervisor=supervisor, by=self.person, **words
            )
        return self.whole(made, status.HTTP_201_CREATED)


class OneApplication(ApplicationEndpoint):
    @extend_schema(responses=shapes.WholeApplicationSerializer)
    def get(self, request: Request, application_id: UUID) -> Response:
        """One application, with its history and what you may do."""
        return self.whole(self.application(application_id))


class Shortlist(ApplicationEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=shapes.ReasonSerializer, responses=shapes.WholeApplicationSerializer)
    def post(self, request: Request, application_id: UUID) -> Response:
        """Put it on the short list."""
        values = self.sent(shapes.ReasonSerializer)
        return self.do(applications.shortlist, application_id, **values)


class Interview(ApplicationEndpoint):
    @extend_schema(
        parameters=[IF_MATCH], request=shapes.InterviewSerializer, responses=shapes.WholeApplicationSerializer
    )
    def post(self, request: Request, application_id: UUID) -> Response:
        """Ask for an interview at one of these times."""
        values = self.sent(shapes.InterviewSerializer)
        slots = [Slot(**slot) for slot in values.pop("slots")]
        return self.do(applications.invite, application_id, slots=slots, **values)


class Pick(ApplicationEndpoint):
    @extend_schema(request=shapes.PickSerializer, responses=shapes.WholeApplicationSerializer)
    def post(self, request: Request, application_id: UUID) -> Response:
        """Choose the time of your interview."""
        application = self.application(application_id)
        slot = one(application.slots.all(), self.sent(shapes.PickSerializer)["slot"])
        applications.pick(application=application, slot=slot, by=self.person)
        return self.whole(application)


class Offer(ApplicationEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=shapes.ReasonSerializer, responses=shapes.WholeApplicationSerializer)
    def post(self, request: Request, application_id: UUID) -> Response:
        """Offer the place; it stands for the programme's days."""
        values = self.sent(shapes.ReasonSerializer)
        return self.do(applications.offer, application_id, **values)


class Accept(ApplicationEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=shapes.WholeApplicationSerializer)
    def post(self, request: Request, application_id: UUID) -> Response:
        """Take the offer: this opens the thesis, with its members and a chat room."""
        return self.do(applications.accept, application_id)


class Reject(ApplicationEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=shapes.RejectSerializer, responses=shapes.WholeApplicationSerializer)
    def post(self, request: Request, application_id: UUID) -> Response:
        """Turn it down, for one of the listed reasons."""
        values = self.sent(shapes.RejectSerializer)
        return self.do(applications.reject, application_id, **values)


class Withdraw(ApplicationEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=shapes.ReasonSerializer, responses=shapes.WholeApplicationSerializer)
    def post(self, request: Request, application_id: UUID) -> Response:
        """Take your application back."""
        values = self.sent(shapes.ReasonSerializer)
        return self.do(applications.withdraw, application_id, **values)
