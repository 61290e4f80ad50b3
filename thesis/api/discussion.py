"""Threads, comments and change requests."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from digi.accounts.api.endpoints import IF_MATCH, PageQuery, listed, page, versioned
from thesis.api.endpoints import ThesisEndpoint
from thesis.models import ChangeRequest, Comment, DocumentVersion, RequestState, Thesis, Thread
from thesis.serializers import discussion as shapes
from thesis.services import access, discussion, documents, requests

COMMENT = ("author__avatar", "guest", "reply_to", "change_request")
REQUEST = ("thesis", "comment__thread", "requested_by__avatar")


class ThreadQuery(PageQuery):
    resolved = serializers.BooleanField(required=False, allow_null=True, default=None)


class RequestQuery(PageQuery):
    thesis = serializers.UUIDField()
    state = serializers.ChoiceField(choices=RequestState.choices, required=False)
    blocking = serializers.BooleanField(required=False, allow_null=True, default=None)


def shown(rows: QuerySet[Thread]) -> QuerySet[Thread]:
    """With everything that a thread's shape shows: a fixed number of queries."""
    comments = Prefetch("comments", queryset=Comment.objects.select_related(*COMMENT).order_by("pk"))
    return rows.select_related("thesis", "on", "resolved_by__avatar").prefetch_related(comments)


class ThreadEndpoint(ThesisEndpoint):
    def thread(self, thread_id: UUID) -> Thread:
        """The thread, if the person may read it: missing and forbidden are alike."""
        return discussion.find(thread_id, self.person)[0]

    def answer(self, thread: Thread, status: int = 200) -> Response:
        whole = shown(Thread.objects.filter(pk=thread.pk)).get()
        return versioned(shapes.ThreadSerializer(whole).data, whole, status)


class ThreadList(ThreadEndpoint):
    def listed(self, thesis: Thesis, on: DocumentVersion | None = None) -> Response:
        query = self.asked(ThreadQuery)
        rows = discussion.threads_for(thesis, access.standing(thesis, self.person))
        if on is not None:
            rows = rows.filter(on=on)
        if query["resolved"] is not None:
            rows = rows.filter(resolved_at__isnull=not query["resolved"])
        found, cursor = page(shown(rows), query)
        return Response({"next": cursor, "results": listed(shapes.ThreadSerializer, found)})

    def opened(self, thesis: Thesis, on: DocumentVersion | None = None) -> Response:
        values = self.sent(shapes.OpenThreadSerializer)
        thread, _comment = discussion.open_thread(thesis=thesis, by=self.person, on=on, **values)
        return self.answer(thread, status.HTTP_201_CREATED)


class Threads(ThreadList):
    @extend_schema(operation_id="theses_threads_list", parameters=[ThreadQuery], responses=shapes.ThreadsSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """The talks on a thesis that you may read, the newest first."""
        return self.listed(self.thesis(thesis_id))

    @extend_schema(request=shapes.OpenThreadSerializer, responses={201: shapes.ThreadSerializer})
    def post(self, request: Request, thesis_id: UUID) -> Response:
        """Begin a talk with its first comment."""
        return self.opened(self.thesis(thesis_id))


class VersionThreads(ThreadList):
    @extend_schema(operation_id="versions_threads_list", parameters=[ThreadQuery], responses=shapes.ThreadsSerializer)
    def get(self, request: Request, version_id: UUID) -> Response:
        """The talks on a version that you may read, the newest first."""
        version = documents.find(version_id, self.person)
        return self.listed(version.document.thesis, version)

    @extend_schema(request=shapes.OpenThreadSerializer, responses={201: shapes.ThreadSerializer})
    def post(self, request: Request, version_id: UUID) -> Response:
        """Begin a talk on this version."""
        version = documents.find(version_id, self.person)
        return self.opened(version.document.thesis, version)


class OneThread(ThreadEndpoint):
    @extend_schema(responses=shapes.ThreadSerializer)
    def get(self, request: Request, thread_id: UUID) -> Response:
        """One talk with its comments."""
        return self.answer(self.thread(thread_id))

    @extend_schema(parameters=[IF_MATCH], request=shapes.WidenSerializer, responses=shapes.ThreadSerializer)
    def patch(self, request: Request, thread_id: UUID) -> Response:
        """Let more people read it; they are told. There is no way back."""
        thread = self.thread(thread_id)
        to = self.sent(shapes.WidenSerializer)["visibility"]
        return self.answer(discussion.widen(thread=thread, to=to, by=self.person, version=self.version))


class ResolveThread(ThreadEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=shapes.ThreadSerializer)
    def post(self, request: Request, thread_id: UUID) -> Response:
        """Say that this is settled."""
        thread = self.thread(thread_id)
        return self.answer(discussion.resolve(thread=thread, by=self.person, version=self.version))


class ReopenThread(ThreadEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=shapes.ThreadSerializer)
    def post(self, request: Request, thread_id: UUID) -> Response:
        """Go on with it."""
        thread = self.thread(thread_id)
        return self.answer(discussion.reopen(thread=thread, by=self.person, version=self.version))


class Comments(ThreadEndpoint):
    @extend_schema(request=shapes.WriteCommentSerializer, responses={201: shapes.CommentSerializer})
    def post(self, request: Request, thread_id: UUID) -> Response:
        """Answer in a talk."""
        thread = self.thread(thread_id)
        made = discussion.comment(thread=thread, by=self.person, **self.sent(shapes.WriteCommentSerializer))
        return versioned(shapes.CommentSerializer(made).data, made, status.HTTP_201_CREATED)


class OneComment(ThesisEndpoint):
    def comment(self, comment_id: UUID) -> Comment:
        found = discussion.find_comment(comment_id, self.person)
        return found

    @extend_schema(parameters=[IF_MATCH], request=shapes.EditCommentSerializer, responses=shapes.CommentSerializer)
    def patch(self, request: Request, comment_id: UUID) -> Response:
        """Change your own words."""
        found = self.comment(comment_id)
        body = self.sent(shapes.EditCommentSerializer)["body"]
        found = discussion.edit(comment=found, by=self.person, body=body, version=self.version)
        return versioned(shapes.CommentSerializer(found).data, found)

    @extend_schema(parameters=[IF_MATCH], responses={200: shapes.CommentSerializer})
    def delete(self, request: Request, comment_id: UUID) -> Response:
        """Take back your own words; the comment's place stays."""
        found = discussion.delete(comment=self.comment(comment_id), by=self.person, version=self.version)
        return versioned(shapes.CommentSerializer(found).data, found)


class RequestEndpoint(ThesisEndpoint):
    def answer(self, request: ChangeRequest, status: int = 200) -> Response:
        whole = ChangeRequest.objects.select_related(*REQUEST).get(pk=request.pk)
        return versioned(shapes.ChangeRequestSerializer(whole).data, whole, status)

    def move(self, request_id: UUID, to: RequestState) -> Response:
        found = requests.find(request_id, self.person)
        return self.answer(requests.move(request=found, to=to, by=self.person, version=self.version))


class Requests(RequestEndpoint):
    @extend_schema(
        operation_id="change_requests_list", parameters=[RequestQuery], responses=shapes.ChangeRequestsSerializer
    )
    def get(self, request: Request) -> Response:
        """The change requests of a thesis whose talks you may read."""
        query = self.asked(RequestQuery)
        thesis = self.thesis(query["thesis"])
        rows: Any = requests.requests_for(thesis, access.standing(thesis, self.person))
        if "state" in query:
            rows = rows.filter(state=query["state"])
        if query["blocking"] is not None:
            rows = rows.filter(blocking=query["blocking"])
        found, cursor = page(rows.select_related(*REQUEST), query)
        return Response({"next": cursor, "results": listed(shapes.ChangeRequestSerializer, found)})

    @extend_schema(request=shapes.AskForChangeSerializer, responses={201: shapes.ChangeRequestSerializer})
    def post(self, request: Request) -> Response:
        """Make a request of a comment."""
        values = self.sent(shapes.AskForChangeSerializer)
        comment = discussion.find_comment(values["comment"], self.person)
        made = requests.ask(comment=comment, by=self.person, blocking=values["blocking"])
        return self.answer(made, status.HTTP_201_CREATED)


class OneRequest(RequestEndpoint):
    @extend_schema(responses=shapes.ChangeRequestSerializer)
    def get(self, request: Request, request_id: UUID) -> Response:
        """One change request."""
        return self.answer(requests.find(request_id, self.person))


class RequestDone(RequestEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=shapes.ChangeRequestSerializer)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Say that the change is made."""
        return self.move(request_id, RequestState.DONE)


class RequestVerified(RequestEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=shapes.ChangeRequestSerializer)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Say that the change is what was asked for."""
        return self.move(request_id, RequestState.VERIFIED)


class RequestReopened(RequestEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=None, responses=shapes.ChangeRequestSerializer)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Ask for it again."""
        return self.move(request_id, RequestState.OPEN)
