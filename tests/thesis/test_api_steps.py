"""Steps and versions in the API: shapes, refusals, the whole way, and what was changed meanwhile."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.thesis.making import address, put, upload
from thesis import days
from thesis.models import Thesis
from thesis.states import State

pytestmark = pytest.mark.django_db

DAY = (days.today() + timedelta(days=90)).isoformat()
LATER = (timezone.now() + timedelta(days=3)).isoformat()
T = "theses/{thesis}/"


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
        ("patch", T, {"title": "Other"}, "supervisor"),
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


def test_first_mark_and_what_is_published_are_what_one_has_seen(world, api):
    put(world.thesis, state=State.GRADED)
    call, there = api(world.people["examiner"]), address(world, T)
    mark = {"student": "alice", "value": "1.7"}

    answers = [call("put", f"{there}marks/", mark, **{"if-match": '"0"'}) for _ in range(2)]
    corrected = call("put", f"{there}marks/", mark | {"value": "2.0"}, **{"if-match": '"1"'})
    stale = call("post", f"{there}marks/publish/", {"versions": {"alice": 1}})
    published = call("post", f"{there}marks/publish/", {"versions": {"alice": 2}})

    assert [answer.status_code for answer in (*answers, corrected, stale, published)] == [200, 412, 200, 412, 200]
    assert stale.json()["versions"] == {"alice": 2}
