"""Tasks and change requests that are made of comments, as a browser without scripts sees them."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from tests.chat.reading import words
from tests.thesis.pages.asking import page
from thesis.models import Task
from thesis.services import discussion, requests

pytestmark = pytest.mark.django_db


def test_task_is_made_of_a_comment(client_for, writing, talk, alice, bob):
    client = client_for(bob)
    question = client.get(page(writing, "comment_task", talk)).content.decode()

    client.post(page(writing, "comment_task", talk), {"title": "Name the sample", "assignee": "alice"})

    task = Task.objects.get()
    assert 'value="Which sample is it?"' in question
    assert (task.title, task.assignee, task.comment) == ("Name the sample", alice, talk)
    assert "Task: Name the sample" in words(client.get(page(writing)))


def test_task_of_a_hidden_comment_quotes_nothing_by_itself(client_for, writing, hidden, bob):
    question = client_for(bob).get(page(writing, "comment_task", hidden)).content.decode()

    assert 'value="Is it too thin?"' not in question


def test_change_request_is_asked_for_done_and_verified(client_for, writing, talk, alice, bob):
    student, supervisor = client_for(alice), client_for(bob)
    assert student.post(page(writing, "comment_request", talk)).status_code == 403
    supervisor.post(page(writing, "comment_request", talk), {"blocking": "on"})
    request = writing.change_requests.get()

    listed = words(student.get(page(writing, "requests")))
    assert "change asked for, blocking" in listed
    assert "1 change request for you" in listed
    assert student.post(page(writing, "request", request), {"to": "verified", "version": 1}).status_code == 409
    student.post(page(writing, "request", request), {"to": "done", "version": 1})
    assert student.post(page(writing, "request", request), {"to": "verified", "version": 2}).status_code == 403
    assert "change done" in words(supervisor.get(page(writing, "requests")))
    stale = supervisor.post(page(writing, "request", request), {"to": "verified", "version": 1})
    back = supervisor.post(page(writing, "request", request), {"to": "verified", "version": 2, "from": "discussion"})

    request.refresh_from_db()
    assert stale.status_code == 412
    assert back.url == page(writing)
    assert (request.blocking, request.state) == (True, "verified")


def test_requests_are_filtered_by_state(client_for, writing, talk, alice, bob):
    requests.ask(comment=talk, by=bob)
    client = client_for(alice)

    assert "Which sample is it" in words(client.get(page(writing, "requests", query="?show=open")))
    assert "Which sample is it" not in words(client.get(page(writing, "requests", query="?show=done")))


def test_nobody_asks_twice_of_one_comment(client_for, writing, talk, bob):
    requests.ask(comment=talk, by=bob)

    answer = client_for(bob).post(page(writing, "comment_request", talk), {})

    assert answer.status_code == 422
    assert "a request already" in words(answer)


@pytest.mark.parametrize("name", ["discussion", "requests"])
def test_pages_ask_the_database_no_more_for_three_than_for_one(client_for, writing, bob, carol, name):
    client = client_for(bob)
    client.get(page(writing, name))
    counts = []
    for number in range(3):
        thread, comment = discussion.open_thread(thesis=writing, by=bob, body=f"@carol {number}")
        discussion.comment(thread=thread, by=carol, body="@bob, yes.")
        requests.ask(comment=comment, by=bob)
        with CaptureQueriesContext(database) as queries:
            client.get(page(writing, name))
        counts.append(len(queries))

    assert counts[0] == counts[2]
