"""Who may follow a thesis by its socket, and who is shown out."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digi.accounts.models import Role
from digi.accounts.services import departments, sessions, tokens
from digi.audit.models import AuditEvent
from digi.realtime.hub import hub
from tests.chat.sockets import aside
from tests.thesis.live import hear, path
from tests.thesis.making import put
from thesis import days
from thesis.models import ThesisMember
from thesis.services import entrance, members, retention
from thesis.services.entrance import Asked
from thesis.states import State


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
        accepted, _ = await visitor.link.connect(timeout=20)
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
