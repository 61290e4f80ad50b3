"""The socket of a thesis: who may follow it, what each circle hears, and what was lost caught up by number."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from digi.accounts.models import Role
from digi.accounts.services import departments, sessions, tokens
from digi.audit.models import AuditEvent
from digi.environment import Rate
from digi.realtime import outbox
from digi.realtime.hub import hub
from digi.realtime.pulse import HEARTBEAT
from digi.realtime.wire import text_of
from tests.chat.sockets import Closed, aside
from tests.factories import PersonFactory
from tests.thesis.live import Workspaces, hear, hears_nothing, path
from tests.thesis.making import put
from thesis import days, events
from thesis.models import Happening, ThesisMember
from thesis.services import discussion, entrance, happenings, members, plan, retention, theses
from thesis.services.entrance import Asked
from thesis.states import State


@pytest.fixture
def everybody(thesis, alice, bob, carol, grace, heidi, root, erin, dave):
    """Heidi observes, Dave examined it once."""
    ThesisMember.objects.create(thesis=thesis, user=heidi, role="observer")
    ThesisMember.objects.create(thesis=thesis, user=dave, role="examiner", left_at=thesis.created_at)
    return (alice, bob, carol, grace, heidi, root, erin, dave)


@pytest.fixture
async def live(transactional_db, settings, everybody, session_cookie):
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(100_000, 1))
    opened = Workspaces({user.pk: await aside(session_cookie, user) for user in everybody})
    yield opened
    await opened.close()
    await hub().close()


@pytest.fixture
def say(thesis, bob):
    """Open a talk in Bob's name: `await say("staff")`."""

    async def call(visibility: str = "all"):
        return await aside(discussion.open_thread, thesis=thesis, by=bob, body="Hm.", visibility=visibility)

    return call


def lost(call, *arguments, **options):
    """Do it, and lose what it would have told."""
    with outbox.collected():
        call(*arguments, **options)


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


async def test_change_that_changes_nothing_is_not_told(live, thesis, alice, bob):
    task = await aside(plan.add_task, thesis=thesis, by=bob, title="Measure")
    visitor = await live.come(alice, thesis)

    await aside(plan.change_task, task=task, by=bob, title="Measure")

    assert await hears_nothing(visitor)


@pytest.mark.parametrize("who", ["erin", "dave"])
async def test_outsiders_and_former_members_are_refused_like_a_thesis_that_is_not_there(live, thesis, everybody, who):
    user = next(one for one in everybody if one.username == who)

    there = await live.knock(user, path(thesis), None).come()
    nowhere = await live.knock(user, "/ws/theses/00000000-0000-4000-8000-000000000000/", None).come()

    assert await there.end() == await nowhere.end() == ([], 4403)


async def test_strangers_are_refused_before_the_accept(live, thesis, alice):
    signed_out = live.knock(None, path(thesis), None)
    elsewhere = live.knock(alice, path(thesis), None, headers=[(b"origin", b"https://evil.example")])

    for visitor in (signed_out, elsewhere):
        accepted, _ = await visitor.link.connect()
        assert not accepted


async def test_tokens_need_their_scope(live, thesis, alice):
    def bearer(*scopes):
        secret = tokens.create(user=alice, name="bot", scopes=scopes)[1]
        return {"cookie": None, "headers": [(b"authorization", f"Bearer {secret}".encode())]}

    wrong = await live.knock(alice, path(thesis), None, **await aside(bearer, "me:read")).come()
    right = await live.come(alice, thesis, **await aside(bearer, "theses:read"))

    assert await wrong.end() == ([], 4403)
    assert right.welcome["stream"] == "members"


async def test_superuser_from_outside_is_let_in_unseen_and_audited(live, thesis, root, alice):
    watcher = await live.come(alice, thesis)

    visitor = await live.come(root, thesis)

    assert visitor.welcome["stream"] == "examiners"
    assert await watcher.silent(0.2)
    assert await aside(AuditEvent.objects.filter(action="thesis.viewed", actor=root).count) == 1


async def test_removed_member_is_shown_out_at_once(layer, live, say, thesis, alice, bob, carol):
    visitor, staying = await live.come(carol, thesis), await live.come(alice, thesis)
    member = await aside(ThesisMember.objects.get, thesis=thesis, user=carol)

    await aside(members.remove, thesis=thesis, member=member, by=bob)
    await say()

    heard, code = await visitor.end()
    assert code == 4403
    assert {frame["type"] for frame in heard} <= {"member.left", "presence.joined"}
    assert (await hear(staying))["type"] == "member.left"
    again = await live.knock(carol, path(thesis), None).come()
    assert await again.end() == ([], 4403)


async def test_who_changes_circle_comes_again_and_reads_as_the_other_circle(live, thesis, bob, heidi, grace):
    visitor = await live.come(heidi, thesis)
    assert visitor.welcome["stream"] == "members"

    await aside(members.add, thesis=thesis, user=heidi, role="co_supervisor", by=bob)

    assert (await visitor.end())[1] == 1000
    again = await live.come(heidi, thesis, since=visitor.welcome["n"], stream="members")
    assert (again.welcome["stream"], again.welcome["refetch"], again.backlog) == ("staff", True, [])


async def test_coordinator_whose_office_ends_is_shown_out_at_once(live, thesis, grace, department):
    visitor = await live.come(grace, thesis)
    office = await aside(grace.affiliations.get, role=Role.COORDINATOR)

    await aside(departments.revoke, affiliation=office)

    assert (await visitor.end())[1] == 4403


async def test_deputy_is_shown_out_by_the_beat_after_the_last_day(live, thesis, bob, heidi):
    def deputise(until):
        values = {"role": "deputy", "until": until}
        ThesisMember.objects.filter(thesis=thesis, user=heidi).update(**values)

    await aside(deputise, days.today())
    visitor = await live.come(heidi, thesis)

    await hub().pulse._beat()
    assert (await visitor.hear())["type"] == "heartbeat"
    await aside(deputise, days.today() - timedelta(days=1))
    await hub().pulse._beat()

    assert (await visitor.end())[1] == 4403


async def test_session_that_ends_closes_the_socket(live, thesis, alice):
    visitor = await live.come(alice, thesis)

    await aside(sessions.end_all, user=alice)

    assert (await visitor.end())[1] == 4401


async def test_erased_thesis_closes_everybodys_sockets(live, thesis, grace, alice):
    past = days.today() - timedelta(days=1)
    await aside(put, thesis, state=State.ARCHIVED, kept_until=past)
    visitors = [await live.come(user, thesis) for user in (alice, grace)]

    await aside(retention.erase, thesis=thesis, by=grace)

    for visitor in visitors:
        assert (await visitor.end())[1] == 4403


async def test_reconnect_brings_what_was_missed_in_order(layer, live, say, thesis, alice, monkeypatch):
    monkeypatch.setattr(entrance, "PAGE", 2)
    first = await live.come(alice, thesis)
    await first.go()
    for _ in range(3):
        await say()
        await say("staff")

    since = first.welcome["n"]
    again = await live.come(alice, thesis, since=since, stream="members")

    assert again.welcome["refetch"] is False
    assert [frame["n"] for frame in again.backlog] == [since + 1, since + 2, since + 3]
    assert again.synced == {"type": "synced", "n": since + 3}
    await say()
    assert (await hear(again))["n"] == since + 4


async def test_lost_push_costs_nothing(live, say, thesis, alice, bob):
    """The event of a commit is lost: the next one shows the gap, and a heartbeat finds a last one."""
    visitor = await live.come(alice, thesis)
    start = visitor.welcome["n"]
    talk = {"thesis": thesis, "by": bob, "body": "Hm."}

    await aside(lost, discussion.open_thread, **talk)
    assert await hears_nothing(visitor, 0.1)
    await say()
    assert [(await hear(visitor))["n"] for _ in range(2)] == [start + 1, start + 2]

    await aside(lost, discussion.open_thread, **talk)
    await hub().pulse._beat()
    assert (await hear(visitor))["n"] == start + 3


async def test_events_that_come_twice_or_early_are_told_once_and_in_order(live, thesis, alice, bob):
    visitor = await live.come(alice, thesis)

    def kept():
        with outbox.collected() as found:
            for _ in range(3):
                discussion.open_thread(thesis=thesis, by=bob, body="Hm.")
        topic = events.circle_topic(thesis.uuid, "members")
        return [event for event in found if event.topic == topic]

    first, second, third = await aside(kept)
    for event in (first, third, second, second, first):
        hub()._receive([event])

    start = visitor.welcome["n"]
    assert [(await hear(visitor))["n"] for _ in range(3)] == [start + 1, start + 2, start + 3]
    assert await hears_nothing(visitor, 0.1)


async def test_what_is_rolled_back_takes_no_number(live, thesis, alice, bob):
    visitor = await live.come(alice, thesis)

    @transaction.atomic
    def fail():
        discussion.open_thread(thesis=thesis, by=bob, body="Hm.")
        transaction.set_rollback(True)

    await aside(fail)

    assert await hears_nothing(visitor)
    assert await aside(lambda: thesis.ledger.members) == visitor.welcome["n"]


@pytest.mark.parametrize("known", [{"since": 10_000, "stream": "members"}, {"since": 0, "stream": "staff"}])
async def test_number_that_is_not_of_this_stream_makes_the_client_fetch_anew(live, thesis, alice, known):
    visitor = await live.come(alice, thesis, **known)

    assert (visitor.welcome["refetch"], visitor.backlog) == (True, [])


async def test_closed_socket_hears_no_more(live, say, thesis, alice):
    visitor = await live.come(alice, thesis)
    await visitor.go()

    await say()

    with pytest.raises((Closed, TimeoutError)):
        await visitor.hear(0.1)


@pytest.mark.django_db
def test_entrance_costs_the_same_for_one_and_three(institute, alice, bob, carol):
    theses = [institute.thesis() for _ in range(3)]

    def cost(asked) -> int:
        with CaptureQueriesContext(connection) as queries:
            found = entrance.enter(asked)
        assert None not in found
        return len(queries)

    one = cost([Asked(alice.pk, theses[0].uuid)])
    three = cost([Asked(user.pk, thesis.uuid) for user in (alice, bob, carol) for thesis in theses])

    assert one == three == 5


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
