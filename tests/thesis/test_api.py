"""The API of topics, applications and theses: who may what on every address, shapes, versions, pages, filters."""

import hashlib
import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digi.accounts.services import tokens
from digi.audit.models import AuditEvent
from tests.thesis.making import dated, put, upload
from thesis import days
from thesis.models import Thesis
from thesis.services import access, discussion, guests, meetings, plan, requests, topics
from thesis.states import State

pytestmark = pytest.mark.django_db

DAY = (days.today() + timedelta(days=90)).isoformat()
LATER = (timezone.now() + timedelta(days=3)).isoformat()


@pytest.fixture
def api(client_for):
    """A client of the API in a person's session: `api(alice)("get", "theses/")`."""
    signed_in: dict[int, Client] = {}

    def of(user):
        client = signed_in.setdefault(user.pk, client_for(user))

        def call(method: str, path: str, body=None, **headers):
            return getattr(client, method)(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

        return call

    return of


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
    ("patch", T, {"title": "Other"}, 200, PLANNERS),
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


def address(world, path: str) -> str:
    rows = {name: row.uuid for name, row in vars(world).items() if hasattr(row, "uuid")}
    return path.format(**rows)


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


# Steps


def test_transitions_are_told_in_this_shape(world, api):
    put(world.thesis, state=State.UNDER_REVIEW)

    answer = api(world.people["supervisor"])("get", address(world, T + "transitions/"))

    assert answer.json() == {
        "allowed": [
            {"to": "revision", "needs": ["reason", "due_on"], "back": False},
            {"to": "withdrawn", "needs": ["reason"], "back": False},
        ],
        "blocked": [
            {"to": "defence", "reason": "Reports of examiners are still missing: 1."},
            {"to": "graded", "reason": "Only an examiner may do this."},
        ],
    }
    assert answer.headers["ETag"] == f'"{world.thesis.version}"'


def test_step_answers_with_its_line_of_the_history(world, api):
    body = {"to": "graded", "reason": ""}

    answer = api(world.people["examiner"])("post", address(world, T + "transitions/"), body)

    step = world.thesis.transitions.order_by("n").last()
    told = answer.json()
    assert told["actor"]["user"] == "carol"
    assert {name: told[name] for name in ("n", "from", "to", "reason", "details", "back", "hash")} == {
        "n": 2,
        "from": "under_review",
        "to": "graded",
        "reason": "",
        "details": {},
        "back": False,
        "hash": step.hash,
    }


def test_refused_step_says_why(world, api):
    answer = api(world.people["supervisor"])("post", address(world, T + "transitions/"), {"to": "defence"})

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "blocked")
    assert problem["detail"] == "Reports of examiners are still missing: 1."
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_whole_way_from_application_to_completion(api, institute, alice, bob, carol, programme):
    topic = institute.topic()
    applied = api(alice)("post", "applications/", {"topic": str(topic.uuid), "kind": "master"}).json()
    assert [one["verb"] for one in applied["allowed"]] == ["withdraw"]
    api(bob)("post", f"applications/{applied['id']}/shortlist/", {})
    slots = [{"starts_at": LATER, "place": "2.014"}]
    invited = api(bob)("post", f"applications/{applied['id']}/interview/", {"slots": slots}).json()
    picked = api(alice)("post", f"applications/{applied['id']}/pick/", {"slot": invited["slots"][0]["id"]}).json()
    assert picked["slots"][0]["picked"] is True
    offered = api(bob)("post", f"applications/{applied['id']}/offer/", {})
    accepted = api(alice)("post", f"applications/{applied['id']}/accept/", **{"if-match": offered.headers["ETag"]})
    assert accepted.status_code == 200
    assert [one["to"] for one in accepted.json()["history"]][-2:] == ["offered", "accepted"]
    there = f"theses/{accepted.json()['thesis']}/"
    dates = {"start_on": days.today().isoformat(), "due_on": DAY, "abstract": "How far behind?"}
    assert api(bob)("patch", there, dates).status_code == 200
    assert api(bob)("post", f"{there}transitions/", {"to": "writing"}).status_code == 201
    upload(Thesis.objects.get(), "final")
    body = {"to": "submitted", "declaration": True}
    assert api(alice)("post", f"{there}transitions/", body).status_code == 201
    assert api(bob)("post", f"{there}members/", {"user": "carol", "role": "examiner"}).status_code == 201
    assert api(bob)("post", f"{there}transitions/", {"to": "under_review"}).status_code == 201
    assert api(carol)("post", f"{there}transitions/", {"to": "graded"}).status_code == 201
    assert api(carol)("put", f"{there}marks/", {"student": "alice", "value": "1.3"}).status_code == 200
    assert api(alice)("get", f"{there}marks/").json() == {"results": []}
    assert api(carol)("post", f"{there}marks/publish/").status_code == 200
    assert api(alice)("get", f"{there}marks/").json()["results"][0]["value"] == "1.3"
    assert api(carol)("post", f"{there}transitions/", {"to": "completed"}).status_code == 201
    timeline = api(alice)("get", f"{there}timeline/").json()
    assert timeline["broken_at"] is None
    before = ""
    for one in reversed(timeline["steps"]):
        before = hashlib.sha256(f"{before}\n{one['line']}".encode()).hexdigest()
        assert one["hash"] == before
    assert [one["to"] for one in timeline["steps"]][:2] == ["completed", "graded"]
    assert {"step", "version"} <= {one["kind"] for one in timeline["results"]}


def test_talk_on_a_version_is_listed_there_and_with_the_thesis(world, api):
    call = api(world.people["student"])

    made = call("post", address(world, "versions/{version}/threads/"), {"body": "Figure 12."}).json()

    assert made["on_version"] == str(world.version.uuid)
    there = call("get", address(world, "versions/{version}/threads/")).json()["results"]
    everywhere = call("get", address(world, T + "threads/")).json()["results"]
    assert [one["id"] for one in there] == [made["id"]]
    assert [one["on_version"] for one in everywhere] == [str(world.version.uuid), None, None]


# Versions


@pytest.mark.parametrize(
    ("method", "path", "body", "who"),
    [
        ("patch", T, {"title": "Other"}, "student"),
        ("post", T + "transitions/", {"to": "graded"}, "examiner"),
        ("patch", T + "milestones/{milestone}/", {"title": "Other"}, "student"),
        ("delete", T + "tasks/{task}/", None, "supervisor"),
        ("patch", T + "meetings/{meeting}/", {"place": "Elsewhere"}, "student"),
        ("post", T + "extensions/{extension}/refuse/", {"answer": "No."}, "supervisor"),
        ("post", T + "handover/", {"to": "heidi"}, "supervisor"),
        ("patch", "threads/{thread}/", {"visibility": "all"}, "supervisor"),
        ("patch", "comments/{comment}/", {"body": "Other"}, "student"),
        ("post", "change-requests/{request}/done/", None, "student"),
        ("patch", "topics/{topic}/", {"title": "Other"}, "supervisor"),
        ("post", "topics/{topic}/close/", None, "supervisor"),
        ("post", "applications/{application}/offer/", {}, "supervisor"),
    ],
)
def test_what_somebody_has_changed_meanwhile_is_not_overwritten(world, api, method, path, body, who):
    call = api(world.people[who])

    stale = call(method, address(world, path), body, **{"if-match": '"999"'})
    wrong = call(method, address(world, path), body, **{"if-match": "soon"})
    fresh = call(method, address(world, path), body, **{"if-match": "*"})

    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_etag")
    assert fresh.status_code in (200, 201, 204)


def test_etag_is_what_if_match_takes(world, api):
    call = api(world.people["supervisor"])
    tag = call("get", address(world, T)).headers["ETag"]

    changed = call("patch", address(world, T), {"title": "Other"}, **{"if-match": tag})
    again = call("patch", address(world, T), {"title": "Another"}, **{"if-match": tag})

    assert (changed.status_code, again.status_code) == (200, 412)
    assert changed.headers["ETag"] != tag
    assert again.json()["version"] == changed.json()["version"]


# Pages, filters, shapes


def results(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["title"] for one in answer.json()["results"]]


def test_pages_follow_each_other_without_holes_and_doubles(institute, api, bob):
    for n in range(5):
        institute.thesis(title=f"Thesis {n}")
    call, seen, after = api(bob), [], ""

    for _ in range(3):
        answer = call("get", f"theses/?limit=2{after}")
        seen += results(answer)
        institute.thesis(title="Newer")  # what comes meanwhile moves nothing
        after = f"&after={answer.json()['next']}"

    assert seen == [f"Thesis {n}" for n in (4, 3, 2, 1, 0)]
    assert answer.json()["next"] is None
    assert results(call("get", f"theses/?after={uuid.uuid4()}")) == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "after=x", "state=x", "due_before=9999-99-99", "due_after=0001-01-01"]
)
def test_wrong_filters_are_a_problem(api, bob, query):
    answer = api(bob)("get", f"theses/?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


def test_theses_are_filtered(institute, api, bob, heidi, grace, programme):
    writing = dated(institute.thesis(title="Über Ränder", state=State.WRITING), due=10)
    institute.thesis(title="Graded", state=State.GRADED, kind="bachelor")
    institute.thesis(title="Archived", state=State.ARCHIVED)
    put(writing.members.get(role="supervisor"), user=heidi)
    call = api(grace)
    soon = (days.today() + timedelta(days=20)).isoformat()

    found = {
        query: results(call("get", f"theses/?{query}"))
        for query in (
            "state=writing",
            "state=writing&state=graded",
            "active=false",
            "kind=bachelor",
            "q=rander%20alice",
            "supervisor=heidi",
            f"due_before={soon}",
            f"due_after={soon}",
            "department=ds&active=true",
            "department=elsewhere",
            f"programme={programme.uuid}&state=archived",
        )
    }

    assert list(found.values()) == [
        ["Über Ränder"],
        ["Graded", "Über Ränder"],
        ["Archived"],
        ["Graded"],
        ["Über Ränder"],
        ["Über Ränder"],
        ["Über Ränder"],
        [],
        ["Graded", "Über Ränder"],
        [],
        ["Archived"],
    ]
    assert results(api(bob)("get", "theses/?role=supervisor")) == ["Archived", "Graded"]


def test_lists_and_search_show_nobody_what_is_not_theirs(world, api):
    for who in ("outsider", "former"):
        call = api(world.people[who])
        for path in ("theses/", "theses/?q=bounded", "theses/?supervisor=bob", "library/", "library/?q=alice"):
            assert results(call("get", path)) == []
    for path in ("topics/", "applications/"):
        assert results(api(world.people["outsider"])("get", path)) == []
    assert api(world.people["outsider"])("get", "programmes/").json() == {"results": []}


def test_library_shows_what_is_published_and_no_more(world, api):
    put(world.thesis, state=State.ARCHIVED, visibility="public", abstract="How far?")

    answer = api(world.people["outsider"])("get", f"library/{world.thesis.uuid}/")

    told = answer.json()
    assert (told["title"], told["abstract"]) == ("Bounded lag", "How far?")
    assert [one["user"] for one in told["students"]] == ["alice"]
    assert set(told) == {
        "id",
        "programme",
        "title",
        "abstract",
        "kind",
        "language",
        "state",
        "students",
        "supervisors",
    }
    assert api(world.people["outsider"])("get", address(world, T)).status_code == 404


def test_administrators_look_from_outside_is_audited(world, api, root, grace):
    for who in (grace, root):
        api(who)("get", address(world, T))

    looks = AuditEvent.objects.filter(action="thesis.viewed")
    assert list(looks.values_list("actor__username", "target")) == [("head-of-it", f"thesis:{world.thesis.uuid}")]


def test_topics_are_offered_filtered_and_moved(api, bob, heidi, alice, programme):
    body = {
        "programme": str(programme.uuid),
        "title": "Stalled viewers",
        "kinds": ["master"],
        "tags": ["Video"],
        "owners": ["heidi"],
        "capacity": 2,
    }
    made = api(bob)("post", "topics/", body)
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["tags"]) == ("draft", ["video"])
    assert [one["user"] for one in made.json()["owners"]] == ["bob", "heidi"]
    there = f"topics/{made.json()['id']}/"
    assert api(alice)("get", there).status_code == 404
    assert api(heidi)("post", f"{there}open/").json()["state"] == "open"
    for query in ("tag=VIDEO", "kind=master", "state=open", "q=stalled", f"programme={programme.uuid}"):
        assert results(api(alice)("get", f"topics/?{query}")) == ["Stalled viewers"]
    for query in ("tag=vid", "kind=bachelor", "state=closed", "q=chess", "mine=true"):
        assert results(api(alice)("get", f"topics/?{query}")) == []
    assert api(alice)("patch", there, {"title": "Mine"}).status_code == 403
    assert api(alice)("post", "topics/", body).status_code == 403


def test_subscriptions_are_ones_own(api, alice, dave, erin, programme):
    body = {"programme": str(programme.uuid), "tag": "Video"}
    made = api(alice)("post", "topic-subscriptions/", body)

    assert made.status_code == 201
    assert api(erin)("post", "topic-subscriptions/", body).status_code == 404
    there = f"topic-subscriptions/{made.json()['id']}/"
    for who in (dave, erin):
        assert api(who)("delete", there).status_code == 404
        assert api(who)("get", "topic-subscriptions/").json() == {"results": []}
    assert api(alice)("delete", there).status_code == 204


def test_applications_are_the_students_and_the_owners(world, api, institute, dave):
    institute.application(world.topic, by=dave)

    assert len(results(api(world.people["student"])("get", "applications/"))) == 1
    assert len(results(api(world.people["supervisor"])("get", "applications/?role=owner"))) == 2
    assert results(api(world.people["supervisor"])("get", "applications/?role=student")) == []
    assert results(api(world.people["examiner"])("get", "applications/")) == []
    assert len(results(api(world.people["coordinator"])("get", f"applications/?topic={world.topic.uuid}"))) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "master"},
        {"kind": "master", "title": "Mine", "supervisor": "bob"},
        {"kind": "master", "topic": str(uuid.uuid4()), "title": "Mine"},
    ],
)
def test_application_is_for_a_topic_or_with_an_own_title(api, alice, body):
    assert api(alice)("post", "applications/", body).status_code == 400


def test_own_title_by_the_api(api, alice, bob, programme):
    body = {"programme": str(programme.uuid), "title": "Mine", "supervisor": "bob", "kind": "bachelor"}

    made = api(alice)("post", "applications/", body)

    assert (made.status_code, made.json()["topic"], made.json()["supervisor"]["user"]) == (201, None, "bob")


def test_reviewer_by_a_link_reads_and_comments_without_an_account(world, client, alice, bob):
    upload(world.thesis, "proposal")
    old, new = upload(world.thesis, "final", b"old"), upload(world.thesis, "final", b"new")
    headers = {"x-invitation": world.secret}

    told = client.get("/api/v1/invited/", headers=headers).json()

    assert (told["name"], told["thesis"]["title"]) == ("Ravi", "Bounded lag")
    assert [one["id"] for one in told["versions"]] == [str(world.version.uuid), str(new.uuid)]
    file = client.get(f"/api/v1/invited/versions/{new.uuid}/", headers=headers)
    assert b"".join(file.streaming_content) == b"new"
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/api/v1/invited/versions/{old.uuid}/", headers=headers).status_code == 404
    body = {"body": "A fine thesis."}
    said = client.post("/api/v1/invited/comments/", body, content_type="application/json", headers=headers)
    assert (said.status_code, said.json()["guest"], said.json()["author"]) == (201, "Ravi", None)
    assert discussion.threads_for(world.thesis, access.standing(world.thesis, alice)).count() == 2
    guests.revoke(invitation=world.invitation, by=bob)
    for path in ("", f"versions/{new.uuid}/"):
        assert client.get(f"/api/v1/invited/{path}", headers=headers).status_code == 404
    assert client.get("/api/v1/invited/").status_code == 400


# Queries


def grow(institute, bob, alice, carol) -> None:
    """One more of everything."""
    thesis = put(dated(institute.thesis()), state=State.UNDER_REVIEW)
    target = institute.first = getattr(institute, "first", thesis)
    topic = institute.topic(title=f"Topic {uuid.uuid4()}")
    institute.application(topic)
    _, comment = discussion.open_thread(thesis=target, by=bob, body="The unit.")
    requests.ask(comment=comment, by=bob)
    plan.add_milestone(thesis=target, by=bob, title="M")
    plan.add_task(thesis=target, by=bob, title="T", assignee=alice)
    meeting = meetings.arrange(thesis=target, by=bob, starts_at=timezone.now())
    meetings.change(meeting=meeting, by=bob, state="held")
    guests.invite(thesis=target, by=bob, name="Ravi", days=3)
    upload(target, "final", uuid.uuid4().bytes)
    topics.subscribe(programme=institute.programme, by=bob, tag=str(uuid.uuid4())[:8])


LISTS = [
    "theses/",
    "theses/?q=bounded%20alice&state=under_review&role=supervisor",
    "library/",
    "topics/",
    "applications/",
    "programmes/",
    "topic-subscriptions/",
    "change-requests/?thesis={thesis}",
    *(
        T + part
        for part in (
            "",
            "members/",
            "invitations/",
            "milestones/",
            "tasks/",
            "meetings/",
            "threads/",
            "assessments/",
            "marks/",
            "extensions/",
            "timeline/",
            "transitions/",
        )
    ),
]


def test_lists_take_the_same_queries_for_one_row_and_three(institute, api, alice, bob, carol):
    call = api(bob)
    counted = []
    for rows in (1, 2):
        for _ in range(rows):
            grow(institute, bob, alice, carol)
        counts = {}
        for path in LISTS:
            path = path.format(thesis=institute.first.uuid)
            assert call("get", path).status_code == 200
            with CaptureQueriesContext(connection) as captured:
                call("get", path)
            counts[path] = len(captured)
        counted.append(counts)

    assert counted[0] == counted[1]
    assert max(counted[0].values()) <= 22
