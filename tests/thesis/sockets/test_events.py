"""What each circle of a thesis hears by its socket."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digi.realtime.pulse import HEARTBEAT
from digi.realtime.wire import text_of
from tests.chat.sockets import aside
from tests.factories import PersonFactory
from tests.thesis.live import hear, hears_nothing, path
from tests.thesis.making import put
from thesis import events
from thesis.models import Happening
from thesis.services import discussion, entrance, happenings, marks, plan, theses
from thesis.services.entrance import Asked
from thesis.states import State


async def test_nothing_comes_before_the_hello_and_the_welcome_always(live, say, thesis, alice):
    visitor = await live.knock(alice, path(thesis), None).come()
    await say()
    assert await visitor.silent(0.1)

    await visitor.say(type="hello", v=1)

    head = await aside(lambda: thesis.ledger.members)
    welcome = {"type": "welcome", "v": 1, "n": head, "stream": "members", "refetch": True, "present": []}
    assert await visitor.hear() == welcome | {"heartbeat": HEARTBEAT}
    assert await visitor.hear() == {"type": "synced", "n": head}


async def test_comment_is_told_by_its_ids_alone(layer, live, say, thesis, alice):
    visitor = await live.come(alice, thesis)

    thread, comment = await say()

    frame = await hear(visitor)
    assert list(frame) == ["type", "n", "id", "within", "at"]
    assert (frame["type"], frame["n"]) == ("comment.added", visitor.welcome["n"] + 1)
    assert (frame["id"], frame["within"]) == (str(comment.uuid), str(thread.uuid))


@pytest.mark.parametrize(
    ("visibility", "hearing"),
    [("all", "alice bob carol grace heidi"), ("staff", "bob carol grace"), ("examiners", "carol grace")],
)
async def test_talk_reaches_who_may_read_it_and_shows_nobody_else_a_gap(
    live, thesis, everybody, carol, visibility, hearing
):
    inside = [user for user in everybody if user.username in ["alice", "bob", "carol", "grace", "heidi"]]
    visitors = {user.username: await live.come(user, thesis) for user in inside}

    await aside(discussion.open_thread, thesis=thesis, by=carol, body="Hm.", visibility=visibility)
    await aside(discussion.open_thread, thesis=thesis, by=carol, body="For all.")

    for name, visitor in visitors.items():
        count = 2 if name in hearing.split() else 1
        heard = [(await hear(visitor))["n"] for _ in range(count)]
        start = visitor.welcome["n"] + 1
        assert heard == list(range(start, start + count)), name
        assert await hears_nothing(visitor, 0.05), name


async def test_widened_talk_is_told_to_who_now_reads_it(live, say, thesis, alice, bob):
    thread, _ = await say("staff")
    visitor = await live.come(alice, thesis)

    await aside(discussion.widen, thread=thread, to="all", by=bob)

    frame = await hear(visitor)
    assert (frame["type"], frame["id"]) == ("thread.widened", str(thread.uuid))


async def test_steps_tasks_and_threads_are_told(live, thesis, alice, bob):
    await aside(put, thesis, state=State.WITHDRAWN)
    await aside(put, thesis, state=State.DRAFT)
    visitor = await live.come(alice, thesis)

    def work():
        task = plan.add_task(thesis=thesis, by=bob, title="Measure")
        plan.change_task(task=task, by=alice, done=True)
        plan.remove_task(task=task, by=bob)
        thread, _ = discussion.open_thread(thesis=thesis, by=bob, body="Hm.")
        discussion.resolve(thread=thread, by=bob)
        discussion.reopen(thread=thread, by=bob)
        theses.transition(thesis=thesis, to="writing", by=bob)

    await aside(work)

    heard = [await hear(visitor) for _ in range(7)]
    assert [frame["type"] for frame in heard] == [
        "task.added",
        "task.updated",
        "task.removed",
        "comment.added",
        "thread.resolved",
        "thread.reopened",
        "state.changed",
    ]
    assert (heard[-1]["id"], heard[-1]["to"]) == (str(thesis.uuid), "writing")


async def test_reports_and_marks_are_told_to_who_may_know_of_them(live, thesis, alice, bob, carol):
    """A report to the staff, a mark to examiners, and what is published to all."""
    await aside(put, thesis, state=State.UNDER_REVIEW)
    visitors = [await live.come(user, thesis) for user in (alice, bob, carol)]

    def work():
        marks.report(thesis=thesis, by=carol, text="A draft.")
        report = marks.report(thesis=thesis, by=carol, text="Good.", submit=True)
        mark = marks.enter(thesis=thesis, student=alice, value=Decimal("1.3"), by=carol)
        put(thesis, state=State.GRADED)
        marks.publish(thesis=thesis, by=carol)
        marks.publish(thesis=thesis, by=carol)
        return str(report.uuid), str(mark.uuid)

    report, mark = await aside(work)

    published = ("marks.published", str(thesis.uuid))
    told = [[published], [("report.submitted", report), published]]
    told.append([("report.submitted", report), ("mark.entered", mark), published])
    for visitor, wanted in zip(visitors, told, strict=True):
        heard = [await hear(visitor) for _ in wanted]
        assert [(frame["type"], frame["id"]) for frame in heard] == wanted
        assert [frame["n"] for frame in heard] == list(range(heard[0]["n"], heard[0]["n"] + len(wanted)))
        assert all(set(frame) == {"type", "n", "id", "at"} for frame in heard)
        assert await hears_nothing(visitor)


async def test_change_that_changes_nothing_is_not_told(live, thesis, alice, bob):
    task = await aside(plan.add_task, thesis=thesis, by=bob, title="Measure")
    visitor = await live.come(alice, thesis)

    await aside(plan.change_task, task=task, by=bob, title="Measure")

    assert await hears_nothing(visitor)


@pytest.mark.django_db
def test_record_costs_three_queries_and_keeps_the_numbers_of_each_circle(thesis):
    for visibility in ("all", "staff", "examiners"):
        happenings.record(thesis, "comment.added", thesis.uuid, visibility=visibility)
    start = Happening.objects.order_by("-pk").values_list("members", "staff", "examiners")[2]

    with CaptureQueriesContext(connection) as queries:
        happenings.record(thesis, "comment.added", thesis.uuid)

    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == 3
    rows = Happening.objects.order_by("-pk").values_list("members", "staff", "examiners")[:3]
    a, b, c = start
    assert list(rows) == [(a + 1, b + 2, c + 3), (None, None, c + 2), (None, b + 1, c + 1)]


@pytest.mark.django_db
def test_heads_are_read_in_one_query_for_one_and_three(institute):
    theses = [institute.thesis() for _ in range(3)]
    names = [events.circle_topic(thesis.uuid, circle) for thesis in theses for circle in ("members", "staff")]

    for some in (names[:1], names):
        with CaptureQueriesContext(connection) as queries:
            found = entrance.heads(some)
        assert (set(found), len(queries)) == (set(some), 1)


def test_frames_of_every_event():
    told = {"topic": "thesis:1:staff", "n": 7, "kind": "state.changed", "id": "a", "at": "now"}
    presence = {"topic": "workspace:1", "thesis": "1", "user": "bob", "user_id": 1}

    assert [text_of(frame) for frame in (
        events.ThesisHappened(**told, to="writing").frame,
        events.ThesisHappened(**told | {"kind": "comment.added"}, within="b").frame,
        events.PresenceChanged(**presence, here=True).frame,
        events.PresenceChanged(**presence, here=False).frame,
        events.synced(7),
        events.heartbeat(7),
        events.error("bad_frame", "No.", {}),
    )] == [
        '{"type":"state.changed","n":7,"id":"a","to":"writing","at":"now"}',
        '{"type":"comment.added","n":7,"id":"a","within":"b","at":"now"}',
        '{"type":"presence.joined","user":"bob"}',
        '{"type":"presence.left","user":"bob"}',
        '{"type":"synced","n":7}',
        '{"type":"heartbeat","n":7}',
        '{"type":"error","code":"bad_frame","message":"No."}',
    ]  # fmt: skip


async def test_person_without_a_role_never_appears(live, thesis, alice):
    """A user who was never anywhere near: the socket knows no difference to a thesis that is not there."""
    nobody = await aside(PersonFactory)
    found = await aside(entrance.enter, [Asked(nobody.pk, thesis.uuid)])

    assert found == [None]
