"""Theses: `/api/v1/theses/`, and what readers may see of them: `/api/v1/library/`."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from digi.accounts.api.endpoints import IF_MATCH, PageQuery, listed, page, versioned
from thesis.api.endpoints import ThesisEndpoint, one
from thesis.models import Kind, MemberRole, Programme, Thesis, ThesisMember, Topic
from thesis.serializers import theses as shapes
from thesis.serializers.fields import DayField
from thesis.services import listing, retention, theses, timeline
from thesis.states import State


class LibraryQuery(PageQuery):
    programme = serializers.UUIDField(required=False)
    department = serializers.SlugField(required=False, max_length=50)
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    q = serializers.CharField(required=False, max_length=120, help_text="Words of the title or a student's name.")


class ThesisQuery(LibraryQuery):
    state = serializers.MultipleChoiceField(choices=State.choices, required=False, help_text="One or several.")
    active = serializers.BooleanField(required=False, allow_null=True, default=None)
    role = serializers.ChoiceField(choices=MemberRole.choices, required=False, help_text="Where this is your role.")
    supervisor = serializers.CharField(required=False, max_length=150, help_text="A user name.")
    due_after = DayField(required=False)
    due_before = DayField(required=False)
    person = serializers.CharField(required=False, max_length=120, help_text="Words of the name of anybody in it.")
    late = serializers.BooleanField(required=False, help_text="Past its day and not handed in.")
    mine = serializers.BooleanField(required=False, help_text="Where you have any role.")


def shown(rows: QuerySet[Thesis]) -> QuerySet[Thesis]:
    """With everything that a thesis's shape shows: a fixed number of queries."""
    current = ThesisMember.objects.current().select_related("user__avatar").order_by("pk")
    people = Prefetch("members", queryset=current, to_attr="people")
    return rows.select_related("programme__department").prefetch_related(people, "milestones")


class OneEndpoint(ThesisEndpoint):
    def answer(self, thesis: Thesis, status: int = 200) -> Response:
        whole = shown(Thesis.objects.filter(pk=thesis.pk)).get()
        return versioned(shapes.ThesisSerializer(whole).data, whole, status)


class Theses(OneEndpoint):
    @extend_schema(operation_id="theses_list", parameters=[ThesisQuery], responses=shapes.ThesesSerializer)
    def get(self, request: Request) -> Response:
        """The theses you work on, and those of the departments that you coordinate; the newest first."""
        query = self.asked(ThesisQuery)
        found, cursor = page(shown(listing.worked_on(self.person, query)), query)
        return Response({"next": cursor, "results": listed(shapes.ThesisSerializer, found)})

    @extend_schema(request=shapes.AddThesisSerializer, responses={201: shapes.ThesisSerializer})
    def post(self, request: Request) -> Response:
        """Open a thesis without an application; you become its supervisor, if you are one."""
        values = self.sent(shapes.AddThesisSerializer)
        values["programme"] = one(Programme.objects.visible_to(self.person), values["programme"])
        if values["topic"] is not None:
            values["topic"] = one(Topic.objects.visible_to(self.person), values["topic"])
        return self.answer(theses.create(by=self.person, **values), status.HTTP_201_CREATED)


class OneThesis(OneEndpoint):
    @extend_schema(responses=shapes.ThesisSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """A thesis that you work on."""
        return self.answer(self.thesis(thesis_id))

    @extend_schema(parameters=[IF_MATCH], request=shapes.ChangeThesisSerializer, responses=shapes.ThesisSerializer)
    def patch(self, request: Request, thesis_id: UUID) -> Response:
        """Change what you give; dates and who may read it are for supervisors."""
        thesis = self.thesis(thesis_id)
        values = self.sent(shapes.ChangeThesisSerializer, partial=True)
        return self.answer(theses.change(thesis=thesis, by=self.person, version=self.version, **values))

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def delete(self, request: Request, thesis_id: UUID) -> Response:
        """Erase an archived thesis whose years of keeping are over, with everything in it. For coordinators."""
        retention.erase(thesis=self.thesis(thesis_id), by=self.person, version=self.version)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Transitions(ThesisEndpoint):
    @extend_schema(responses=shapes.StepsSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """The steps that lead on from here: those that you may take, and what stands in the way of the others."""
        thesis = self.thesis(thesis_id)
        found = theses.choices(thesis=thesis, by=self.person)
        steps = {
            "allowed": [choice for choice in found if not choice.reason],
            "blocked": [choice for choice in found if choice.reason],
        }
        return versioned(shapes.StepsSerializer(steps).data, thesis)

    @extend_schema(parameters=[IF_MATCH], request=shapes.MoveSerializer, responses={201: shapes.TransitionSerializer})
    def post(self, request: Request, thesis_id: UUID) -> Response:
        """Take a step. What must be given along stands in `needs`."""
        thesis = self.thesis(thesis_id)
        values = self.sent(shapes.MoveSerializer)
        step = theses.transition(thesis=thesis, by=self.person, version=self.version, **values)
        data = shapes.TransitionSerializer(step).data
        return versioned(data, step.thesis, status.HTTP_201_CREATED)


class Timeline(ThesisEndpoint):
    @extend_schema(responses=shapes.TimelineSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """What happened: steps with their chain of hashes, versions, meetings, extensions, milestones."""
        return Response(shapes.TimelineSerializer(timeline.of(self.thesis(thesis_id), by=self.person)).data)


class Library(ThesisEndpoint):
    @extend_schema(operation_id="library_list", parameters=[LibraryQuery], responses=shapes.LibrarySerializer)
    def get(self, request: Request) -> Response:
        """Every thesis that you may read about."""
        query = self.asked(LibraryQuery)
        found, cursor = page(shown(listing.described(Thesis.objects.readable_by(self.person), query)), query)
        return Response({"next": cursor, "results": listed(shapes.PublishedThesisSerializer, found)})


class OneInLibrary(ThesisEndpoint):
    @extend_schema(responses=shapes.PublishedThesisSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """What a thesis is about, and whose it is."""
        thesis = one(shown(Thesis.objects.readable_by(self.person)), thesis_id)
        return Response(shapes.PublishedThesisSerializer(thesis).data)
