"""The API of topics, applications and theses: who may what on every address, shapes, versions, pages, filters."""

import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from digi.accounts.services import tokens
from tests.thesis.making import address
from thesis import days

pytestmark = pytest.mark.django_db

DAY = (days.today() + timedelta(days=90)).isoformat()
LATER = (timezone.now() + timedelta(days=3)).isoformat()


EVERYBODY = ("student", "supervisor", "examiner", "observer", "coordinator", "superuser", "outsider", "former")
INSIDE = "student supervisor examiner observer coordinator superuser"
OFFICES = "coordinator superuser"
LEADERS = f"supervisor {OFFICES}"
PLANNERS = f"student {LEADERS}"
WORKERS = f"student examiner {LEADERS}"
T = "theses/{thesis}/"

# method, path, body, status, who may; the others find nothing (404) where the last word says so, else are refused
ENDPOINTS = [
    ("get", T, None, 200, INSIDE),
    ("patch", T, {"title": "Other"}, 200, LEADERS),
    ("patch", T, {"visibility": "public", "due_on": DAY}, 200, LEADERS),
    ("get", T + "transitions/", None, 200, INSIDE),
    ("post", T + "transitions/", {"to": "revision", "reason": "R", "due_on": DAY}, 201, f"examiner {LEADERS}"),
    ("get", T + "timeline/", None, 200, INSIDE),
    ("get", T + "members/", None, 200, INSIDE),
    ("post", T + "members/", {"user": "frank", "role": "observer"}, 201, LEADERS),
    ("delete", T + "members/{member}/", None, 204, f"observer {LEADERS}"),
    ("post", T + "handover/", {"to": "heidi"}, 200, LEADERS),
    ("get", T + "invitations/", None, 200, LEADERS),
    ("post", T + "invitations/", {"name": "Ann", "days": 3}, 201, LEADERS),
    ("delete", T + "invitations/{invitation}/", None, 204, LEADERS),
    ("get", T + "milestones/", None, 200, INSIDE),
    ("post", T + "milestones/", {"title": "Talk", "due_on": DAY}, 201, PLANNERS),
    ("patch", T + "milestones/{milestone}/", {"done": True}, 200, PLANNERS),
    ("delete", T + "milestones/{milestone}/", None, 204, PLANNERS),
    ("get", T + "tasks/", None, 200, INSIDE),
    ("post", T + "tasks/", {"title": "Read", "assignee": "alice", "comment": "{comment}"}, 201, WORKERS),
    ("patch", T + "tasks/{task}/", {"done": True}, 200, WORKERS),
    ("delete", T + "tasks/{task}/", None, 204, LEADERS),
    ("get", T + "meetings/", None, 200, INSIDE),
    ("post", T + "meetings/", {"starts_at": LATER}, 201, WORKERS),
    ("patch", T + "meetings/{meeting}/", {"state": "held", "minutes": "All agreed."}, 200, WORKERS),
    ("get", T + "extensions/", None, 200, INSIDE),
    ("post", T + "extensions/{extension}/refuse/", {"answer": "No."}, 200, LEADERS),
    ("get", T + "assessments/", None, 200, INSIDE),
    ("put", T + "assessments/", {"report": "Good.", "submit": True}, 200, "examiner"),
    ("get", T + "marks/", None, 200, INSIDE),
    ("put", T + "marks/", {"student": "alice", "value": "1.7"}, 200, "examiner"),
    ("get", T + "threads/", None, 200, INSIDE),
    ("post", T + "threads/", {"body": "Hi."}, 201, WORKERS),
    ("get", "versions/{version}/threads/", None, 200, INSIDE),
    ("post", "versions/{version}/threads/", {"body": "Figure 12."}, 201, WORKERS),
    ("get", "threads/{thread}/", None, 200, INSIDE),
    ("post", "threads/{thread}/comments/", {"body": "Yes."}, 201, WORKERS),
    ("post", "threads/{thread}/resolve/", None, 200, WORKERS),
    ("post", "threads/{thread}/reopen/", None, 200, WORKERS),
    ("patch", "threads/{thread}/", {"visibility": "all"}, 200, f"examiner {LEADERS}"),
    ("patch", "comments/{comment}/", {"body": "See page 4."}, 200, "student"),
    ("delete", "comments/{comment}/", None, 200, "student"),
    ("get", "change-requests/?thesis={thesis}", None, 200, INSIDE),
    ("post", "change-requests/", {"comment": "{comment}", "blocking": True}, 201, f"examiner {LEADERS}"),
    ("get", "change-requests/{request}/", None, 200, INSIDE),
    ("post", "change-requests/{request}/done/", None, 200, PLANNERS),
    ("get", "applications/{application}/", None, 200, PLANNERS),
    ("post", "applications/{application}/shortlist/", {"reason": "R"}, 200, LEADERS),
    ("post", "applications/{application}/offer/", {"reason": "R"}, 200, LEADERS),
    ("post", "applications/{application}/reject/", {"reason": "R", "rejection": "taken"}, 200, LEADERS),
    ("post", "applications/{application}/withdraw/", {}, 200, "student"),
]
NOT_FOUND = "applications/"  # whoever has no part in an application finds nothing
IDS = [f"{method} {path} {sorted(body or {})}" for method, path, body, *_ in ENDPOINTS]


def filled(world, body):
    return {name: address(world, value) if isinstance(value, str) else value for name, value in (body or {}).items()}


class Undone(Exception):
    """Takes back what one person has done, before the next tries."""


@pytest.mark.parametrize(("method", "path", "body", "status", "allowed"), ENDPOINTS, ids=IDS)
def test_address_is_open_to_these_and_closed_to_the_others(
    world, api, client, frank, method, path, body, status, allowed
):
    answers = {}
    for who in EVERYBODY:
        with suppress(Undone), transaction.atomic():
            answer = api(world.people[who])(method, address(world, path), filled(world, body))
            answers[who] = answer.status_code
            raise Undone
    signed_out = getattr(client, method)(
        f"/api/v1/{address(world, path)}", filled(world, body), content_type="application/json"
    )

    closed = 404 if path.startswith(NOT_FOUND) else 403
    if path == "applications/{application}/withdraw/":
        expected = dict.fromkeys(EVERYBODY, 404) | dict.fromkeys(LEADERS.split(), 403)
    else:
        expected = dict.fromkeys(EVERYBODY, closed)
    if path.startswith("applications/") and allowed == LEADERS:
        expected["student"] = 403
    expected |= dict.fromkeys(("outsider", "former"), 404) | dict.fromkeys(allowed.split(), status)
    assert answers == expected
    assert signed_out.status_code == 401


@pytest.mark.parametrize(("method", "path", "body", "status", "allowed"), ENDPOINTS, ids=IDS)
def test_token_may_what_its_scope_says(world, client, frank, method, path, body, status, allowed):
    person = world.people[allowed.split()[0]]
    scope = "theses:read" if method == "get" else "theses:write"
    other = {"theses:read": "theses:write", "theses:write": "theses:read"}[scope]
    answers = []

    for scopes in ([other], [scope]):
        _, secret = tokens.create(user=person, name="t", scopes=scopes)
        headers = {"authorization": f"Bearer {secret}"}
        answer = getattr(client, method)(
            f"/api/v1/{address(world, path)}",
            filled(world, body),
            content_type="application/json",
            headers=headers,
        )
        answers.append(answer.status_code)

    assert answers == [403, status]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [(method, path, body) for method, path, body, *_ in ENDPOINTS if "{" in path],
    ids=[one for one in IDS if "{" in one],
)
def test_unknown_ids_are_not_found(world, api, method, path, body):
    names = [part.partition("}")[0] for part in path.split("{")[1:]]
    path = path.format(**dict.fromkeys(names, uuid.uuid4()))

    answer = api(world.people["supervisor"])(method, path, filled(world, body))

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("what", ["milestone", "task", "meeting", "extension", "member", "invitation"])
def test_parts_of_another_thesis_are_not_found_here(institute, world, api, what):
    other = institute.thesis(title="Other")
    kind = {"milestone": "milestones", "task": "tasks", "meeting": "meetings", "extension": "extensions"}.get(what)
    part = getattr(world, what).uuid
    if what == "extension":
        method, path = "post", f"theses/{other.uuid}/extensions/{part}/grant/"
    else:
        method = "delete" if what in ("member", "invitation", "task", "milestone") else "patch"
        path = f"theses/{other.uuid}/{kind or what + 's'}/{part}/"

    answer = api(world.people["supervisor"])(method, path, {})

    assert answer.status_code == 404
