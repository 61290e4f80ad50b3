"""What concerns a person now: their tasks and dates, what waits for whom, and nothing of anybody else's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digi.accounts.services import tokens
from tests.factories import AffiliationFactory
from tests.thesis.making import dated, leave, put
from thesis import days
from thesis.models import MemberRole, Thesis, ThesisMember
from thesis.services import applications, discussion, extensions, marks, meetings, plan, requests
from thesis.services.applications import Slot
from thesis.states import State

pytestmark = pytest.mark.django_db

EMPTY = {"tasks", "dates", "theses", "applications", "requests", "extensions", "departments"}
SOON = days.today() + timedelta(days=3)
LATER = timezone.now() + timedelta(days=1)


@pytest.fixture
def of(api):
    def ask(user) -> dict:
        answer = api(user)("get", "dashboard/")
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def turns(found: dict) -> list[tuple]:
    return [(one["turn"], [who["user"] for who in one["people"]], one["mine"]) for one in found]


def test_tasks_come_by_their_day_and_only_open_ones_of_ones_own(institute, of, alice, bob):
    thesis = institute.thesis(state=State.WRITING)
    for title, who, due in (("Last", alice, None), ("Second", alice, SOON), ("His", bob, SOON), ("Done", alice, SOON)):
        task = plan.add_task(thesis=thesis, by=bob, title=title, assignee=who, due_on=due)
    plan.change_task(task=task, by=alice, done=True)
    plan.add_task(thesis=thesis, by=bob, title="First", assignee=alice, due_on=SOON - timedelta(days=9))

    found = of(alice)["tasks"]

    assert [task["title"] for task in found] == ["First", "Second", "Last"]
    assert found[0]["thesis"] == {"id": str(thesis.uuid), "title": "Bounded lag"}


def test_dates_of_the_next_month_come_in_order(institute, of, alice, bob):
    thesis = put(institute.thesis(state=State.WRITING), due_on=days.today())
    put(thesis, defence_at=timezone.now() + timedelta(days=40))
    plan.add_milestone(thesis=thesis, by=bob, title="Measurements", due_on=SOON)
    plan.add_milestone(thesis=thesis, by=bob, title="Over", due_on=days.today() - timedelta(days=1))
    meeting = meetings.arrange(thesis=thesis, by=bob, starts_at=LATER, place="Room 1")
    off = meetings.arrange(thesis=thesis, by=bob, starts_at=LATER)
    meetings.change(meeting=off, by=bob, state="cancelled")

    found = of(alice)["dates"]

    assert [one["kind"] for one in found] == ["due", "meeting", "milestone"]
    assert found[0] | {"summary": ""} == {
        "kind": "due",
        "id": str(thesis.uuid),
        "of": str(thesis.uuid),
        "on": days.today().isoformat(),
        "at": None,
        "summary": "",
        "place": "",
    }
    assert (found[1]["id"], found[1]["on"], found[1]["place"]) == (str(meeting.uuid), None, "Room 1")
    assert found[2]["summary"] == "Milestone: Measurements (Bounded lag)"


def test_everybody_sees_for_whom_a_thesis_waits(institute, of, alice, bob, carol):
    thesis = institute.thesis(state=State.WRITING)

    mine, his = of(alice)["theses"], of(bob)["theses"]

    assert turns(mine) == [("student", ["alice"], True)]
    assert turns(his) == [("student", ["alice"], False)]
    assert (his[0]["id"], his[0]["state"], his[0]["due_on"]) == (str(thesis.uuid), "writing", None)


def test_review_waits_for_the_examiner_whose_report_is_missing(institute, of, bob, carol, frank):
    thesis = institute.thesis(state=State.UNDER_REVIEW)
    ThesisMember.objects.create(thesis=thesis, user=frank, role=MemberRole.SECOND_EXAMINER)
    marks.report(thesis=thesis, by=carol, text="Good.", submit=True)

    assert turns(of(carol)["theses"]) == [("examiner", ["frank"], False)]
    assert turns(of(frank)["theses"]) == [("examiner", ["frank"], True)]

    marks.report(thesis=thesis, by=frank, text="Good.", submit=True)
    assert turns(of(bob)["theses"]) == [("examiner", ["carol", "frank"], False)]

    put(thesis.programme, defence_required=True)
    assert turns(of(bob)["theses"]) == [("supervisor", ["bob"], True)]


def test_what_waits_for_oneself_comes_first_and_what_is_over_not_at_all(institute, of, bob):
    institute.thesis(title="Writing", state=State.WRITING)
    institute.thesis(title="Handed in", state=State.SUBMITTED)
    institute.thesis(title="Over", state=State.COMPLETED)

    assert [one["title"] for one in of(bob)["theses"]] == ["Handed in", "Writing"]


def test_applications_wait_in_turn_for_owner_and_student(institute, of, alice, bob):
    application = institute.application()
    assert turns(of(bob)["applications"]) == [("owner", ["bob"], True)]
    assert turns(of(alice)["applications"]) == [("owner", ["bob"], False)]

    application = applications.shortlist(application=application, by=bob)
    application = applications.invite(application=application, by=bob, slots=[Slot(starts_at=LATER, place="Room 1")])
    assert turns(of(alice)["applications"]) == [("student", ["alice"], True)]

    applications.pick(application=application, slot=application.slots.get(), by=alice)
    assert turns(of(bob)["applications"]) == [("owner", ["bob"], True)]
    for person in (alice, bob):
        (date,) = of(person)["dates"]
        assert (date["kind"], date["of"], date["place"]) == ("interview", str(application.uuid), "Room 1")

    applications.offer(application=application, by=bob)
    assert turns(of(bob)["applications"]) == [("student", ["alice"], False)]


def test_requests_wait_for_who_reads_their_talk(institute, of, alice, bob, carol):
    thesis = institute.thesis(state=State.WRITING)
    asked = {}
    for visibility in ("all", "staff", "examiners"):
        _, comment = discussion.open_thread(thesis=thesis, by=carol, body="The unit.", visibility=visibility)
        asked[visibility] = requests.ask(comment=comment, by=carol)

    def seen(user) -> set[str]:
        return {one["id"] for one in of(user)["requests"]}

    ids = {visibility: str(one.uuid) for visibility, one in asked.items()}
    assert seen(alice) == {ids["all"]}
    assert seen(bob) == seen(carol) == set()

    for one in asked.values():
        put(one, state="done")
    assert seen(alice) == set()
    assert seen(bob) == {ids["all"], ids["staff"]}
    assert seen(carol) == set(ids.values())


def test_extension_waits_for_who_supervises(institute, of, alice, bob, carol):
    thesis = dated(institute.thesis(state=State.WRITING))
    extension = extensions.ask(thesis=thesis, by=alice, due_on=thesis.due_on + timedelta(days=9), reason="Ill.")

    (found,) = of(bob)["extensions"]

    assert (found["id"], found["asked_by"]["user"]) == (str(extension.uuid), "alice")
    assert of(alice)["extensions"] == of(carol)["extensions"] == []


def test_coordinator_sees_the_department_in_numbers(institute, of, grace, bob):
    put(institute.thesis(state=State.WRITING), due_on=days.today() - timedelta(days=1))
    institute.thesis(state=State.WRITING)
    institute.thesis(state=State.GRADED)
    institute.thesis(state=State.ARCHIVED)

    found = of(grace)

    states = {"writing": 2, "graded": 1}
    assert found["departments"] == [{"slug": "ds", "name": "Distributed Systems", "states": states, "overdue": 1}]
    assert found["theses"] == []
    assert of(bob)["departments"] == []


def test_outsider_former_member_and_other_department_see_nothing(world, of, person, erin, dave, root):
    stranger = person("coordinator-elsewhere")
    AffiliationFactory(user=stranger, role="coordinator")

    for user in (erin, dave, root):
        assert of(user) == {name: [] for name in EMPTY}
    assert [one["states"] for one in of(stranger)["departments"]] == [{}]


def test_who_leaves_sees_nothing_any_more(world, of, alice):
    assert of(alice)["theses"]

    leave(world.thesis, alice)
    put(world.application, state="withdrawn")

    assert of(alice) == {name: [] for name in EMPTY}


def test_signed_out_and_token_without_the_scope_are_refused(client, alice):
    _, secret = tokens.create(user=alice, name="bot", scopes=["me:read"])

    assert client.get("/api/v1/dashboard/").status_code == 401
    assert client.get("/api/v1/dashboard/", headers={"authorization": f"Bearer {secret}"}).status_code == 403


def test_number_of_queries_is_the_same_for_one_and_three(institute, client_for, alice, bob, grace, dave, frank):
    def more(n: int) -> None:
        thesis = dated(institute.thesis(title=f"Thesis {n}", state=State.WRITING))
        plan.add_milestone(thesis=thesis, by=bob, title="A", due_on=SOON)
        plan.add_task(thesis=thesis, by=bob, title="B", assignee=alice, due_on=SOON)
        plan.add_task(thesis=thesis, by=bob, title="B", assignee=bob, due_on=SOON)
        meetings.arrange(thesis=thesis, by=bob, starts_at=LATER)
        _, comment = discussion.open_thread(thesis=thesis, by=bob, body="The unit.")
        put(requests.ask(comment=comment, by=bob), state="done")
        extensions.ask(thesis=thesis, by=alice, due_on=thesis.due_on + timedelta(days=9), reason="Ill.")
        institute.application(institute.topic(title=f"Topic {n}"))

    def cost(user) -> int:
        client = client_for(user)
        client.get("/api/v1/dashboard/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/api/v1/dashboard/").status_code == 200
        return len(queries)

    more(1)
    before = [cost(user) for user in (alice, bob, grace)]
    for n in (2, 3):
        more(n)

    assert [cost(user) for user in (alice, bob, grace)] == before
    assert max(before) <= 24


def test_large_office_is_cut(institute, of, bob, monkeypatch):
    from thesis.services import dashboard, waiting

    monkeypatch.setattr(dashboard, "AT_MOST", 2)
    monkeypatch.setattr(waiting, "AT_MOST", 2)
    for n in range(3):
        thesis = institute.thesis(title=f"Thesis {n}", state=State.WRITING)
        plan.add_task(thesis=thesis, by=bob, title="B", assignee=bob)

    found = of(bob)

    assert (len(found["tasks"]), len(found["theses"]), Thesis.objects.count()) == (2, 2, 3)
