"""Discussion and change requests of a thesis."""

from django.urls import path

from thesis.views import discussion, questions, requests

THESIS = "theses/<uuid:thesis_id>/"
TALKS = THESIS + "discussion/"
TALK = TALKS + "<uuid:thread_id>/"
COMMENT = TALKS + "comments/<uuid:comment_id>/"

urlpatterns = [
    path(TALKS, discussion.talks, name="discussion"),
    path(TALKS + "read/", discussion.read, name="discussion_read"),
    path(TALK, discussion.thread, name="thread"),
    path(TALK + "settle/", discussion.settle, name="thread_settle"),
    path(TALK + "readers/<slug:to>/", questions.widen, name="thread_widen"),
    path(COMMENT, discussion.comment, name="comment"),
    path(COMMENT + "delete/", questions.delete, name="comment_delete"),
    path(COMMENT + "task/", questions.task, name="comment_task"),
    path(COMMENT + "request/", questions.change, name="comment_request"),
    path(THESIS + "requests/", requests.listing, name="requests"),
    path(THESIS + "requests/<uuid:request_id>/", requests.move, name="request"),
]
