"""Lists of the API: pages, filters, what they hide, shapes, and how many queries they take."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digi.audit.models import AuditEvent
from tests.thesis.making import address, dated, put, upload
from thesis import days
from thesis.services import access, discussion, guests, meetings, plan, requests, topics
from thesis.states import State

pytestmark = pytest.mark.django_db

DAY = (days.today() + timedelta(days=90)).isoformat()
LATER = (timezone.now() + timedelta(days=3)).isoformat()
T = "theses/{thesis}/"


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
