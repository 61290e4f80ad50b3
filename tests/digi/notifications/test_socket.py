"""The socket of an inbox: the row first, the push after the commit, and what was lost caught up by number."""

import pytest

from digi.accounts.services import tokens
from digi.environment import Rate
from digi.notifications import events
from digi.notifications.models import Notification
from digi.notifications.services import catching, inboxes, notify, states, withdraw
from digi.realtime import outbox
from digi.realtime.hub import hub
from digi.realtime.pulse import HEARTBEAT
from digi.realtime.wire import text_of
from tests.chat.sockets import aside
from tests.digi.notifications.conftest import AUTHOR
from tests.digi.notifications.sockets import PATH, Inboxes, frames


@pytest.fixture
def cookies(alice, bob, erin, session_cookie) -> dict[int, str]:
    return {user.pk: session_cookie(user) for user in (alice, bob, erin)}


@pytest.fixture
async def inbox(transactional_db, settings, cookies):
    settings.DIGI_LIMITS = dict.fromkeys(settings.DIGI_LIMITS, Rate(100_000, 1))
    opened = Inboxes(cookies)
    yield opened
    await opened.close()
    await hub().close()


@pytest.fixture
def tell(thing, alice):
    """Tell Alice something, or `to` somebody else; more for `notify` by keyword."""

    async def call(*to, **more):
        people = dict.fromkeys(to or (alice,), AUTHOR.name)
        return await aside(notify, **thing.told(**more), to=people)

    return call


def short(frames) -> list[tuple]:
    return [(frame["type"], frame["n"], frame["notification"]["id"]) for frame in frames]


async def test_nothing_comes_before_the_hello_and_the_welcome_always(inbox, tell, alice):
    await tell()
    visitor = await inbox.knock(alice, PATH, None).come()
    await tell()
    assert await visitor.silent(0.1)

    await visitor.say(type="hello", last_id=1)

    assert await visitor.hear() == {"type": "welcome", "last_id": 2, "unread": 2, "heartbeat": HEARTBEAT}
    assert short([await visitor.hear()]) == [("notification.new", 2, 2)]
    assert await visitor.silent(0.1)


async def test_hello_without_a_number_is_live_from_now_on(inbox, tell, alice):
    await tell()

    visitor = await inbox.come(alice)

    assert visitor.welcome["last_id"] == 1
    assert await visitor.silent(0.1)


async def test_new_notification_is_pushed_with_the_count(layer, inbox, tell, alice, bob, thing):
    visitor = await inbox.come(alice, 0)

    await tell(actor=bob)

    frame, count = await frames(visitor, 2)
    assert list(frame) == ["type", "n", "notification", "browser"]
    assert (frame["type"], frame["n"], frame["browser"]) == ("notification.new", 1, True)
    assert frame["notification"]["text"] == "Bob Özil left 1 remarks"
    assert frame["notification"]["why"] == "because you wrote it"
    assert count == {"type": "unread.count", "unread": 1}


async def test_others_hear_nothing(inbox, tell, alice, bob, erin):
    mine, neighbour, outsider = [await inbox.come(user) for user in (alice, bob, erin)]

    await tell()
    await tell(erin)

    assert (await mine.hear())["type"] == "notification.new"
    assert await neighbour.silent()
    assert await outsider.silent()


async def test_all_devices_hear_what_one_has_done(layer, inbox, tell, alice):
    for _ in range(3):
        await tell()
    here, there = await inbox.come(alice), await inbox.come(alice)

    await here.say(type="seen", ids=[1, 2])
    for visitor in (here, there):
        assert short(await frames(visitor, 2)) == [("notification.updated", 4, 1), ("notification.updated", 4, 2)]
    await here.say(type="read", ids=[2])
    for visitor in (here, there):
        updated, count = await frames(visitor, 2)
        assert updated["notification"]["read"] is True
        assert count["unread"] == 2
    await there.say(type="done", ids=[2, 3])
    for visitor in (here, there):
        first, second, count = await frames(visitor, 3)
        assert (first["notification"]["done"], second["notification"]["read"], count["unread"]) == (True, True, 1)


async def test_numbers_of_others_name_nothing(inbox, tell, alice, bob):
    await tell(alice)
    visitor = await inbox.come(bob)

    await visitor.say(type="done", ids=[1])

    assert await visitor.silent()
    assert await aside(Notification.objects.filter(done_at=None).count) == 1


async def test_backlog_holds_each_notification_as_it_stands_now(inbox, tell, alice, bob):
    for group in ("g", "", "g", ""):
        await tell(actor=bob, group=group)
    await aside(states.read, user=alice, numbers=[2])

    visitor = await inbox.come(alice, 1)

    backlog = await frames(visitor, 3)
    assert short(backlog) == [
        ("notification.updated", 3, 1),
        ("notification.new", 4, 3),
        ("notification.new", 5, 2),
    ]
    assert [frame["notification"]["count"] for frame in backlog] == [2, 1, 1]
    assert backlog[2]["notification"]["read"] is True
    assert visitor.welcome == {"type": "welcome", "last_id": 5, "unread": 2, "heartbeat": HEARTBEAT}


async def test_long_backlog_comes_in_pages_and_bulk_changes_whole(inbox, tell, alice, monkeypatch):
    monkeypatch.setattr(catching, "PAGE", 3)
    monkeypatch.setattr(inboxes, "AT_ONCE", 3)
    for _ in range(8):
        await tell()
    live = await inbox.come(alice)
    await aside(states.read, user=alice, numbers=[1, 2, 3, 4, 5])
    late = await inbox.come(alice, 0)

    expected = [(6, 6), (7, 7), (8, 8), *((9, number) for number in (1, 2, 3, 4, 5))]
    assert [frame[1:] for frame in short(await frames(late, 8))] == expected
    assert [frame[1:] for frame in short(await frames(live, 5))] == expected[3:]
    assert await live.hear() == {"type": "unread.count", "unread": 3}


async def test_lost_push_costs_nothing(inbox, tell, alice, thing):
    """The event of a commit is lost: the next one shows the gap, and a heartbeat finds a last one."""
    visitor = await inbox.come(alice)

    def lost():
        with outbox.collected():
            notify(**thing.told(), to={alice: AUTHOR.name})

    await aside(lost)
    assert await visitor.silent(0.1)
    await tell()
    assert short((await frames(visitor, 3))[:2]) == [("notification.new", 1, 1), ("notification.new", 2, 2)]

    await aside(lost)
    await hub().pulse._beat()
    heard = [await visitor.hear()]
    while heard[-1] != {"type": "unread.count", "unread": 3}:
        heard.append(await visitor.hear())
    assert ("notification.new", 3, 3) in short(frame for frame in heard if "notification" in frame)


async def test_events_that_come_twice_or_early_are_told_once_and_in_order(inbox, tell, alice, thing):
    visitor = await inbox.come(alice)

    def kept():
        with outbox.collected() as found:
            for _ in range(3):
                notify(**thing.told(), to={alice: AUTHOR.name})
        return list(found)

    first, second, third = await aside(kept)
    for event in (first, third, second, second, first):
        hub()._receive([event])

    heard = [frame for frame in await frames(visitor, 6) if "notification" in frame]
    assert [frame[1:] for frame in short(heard)] == [(1, 1), (2, 2), (3, 3)]
    assert await visitor.silent(0.1)


async def test_access_that_is_revoked_takes_the_words_away(inbox, tell, alice, thing):
    await tell()
    visitor, later = await inbox.come(alice), 0

    thing.readers.discard(alice.pk)
    await aside(withdraw, target=thing.name, users=[alice])

    revoked = {"type": "access.revoked", "n": 2, "target": thing.name, "id": 1}
    assert await frames(visitor, 2) == [revoked, {"type": "unread.count", "unread": 0}]
    late = await inbox.come(alice, later)
    assert await late.hear() == revoked
    left = await aside(Notification.objects.get)
    assert (left.title, left.url, left.facts, left.people, left.actor_id) == ("", "", {}, [], None)
    assert await tell() == []


async def test_browser_is_asked_only_for_what_is_wanted_there(inbox, tell, alice):
    visitor = await inbox.come(alice)

    await tell(kind="test.quiet")

    assert (await visitor.hear())["browser"] is False


async def test_strangers_are_refused_before_the_accept(inbox, alice):
    signed_out = inbox.knock(None, PATH, None)
    elsewhere = inbox.knock(alice, PATH, None, headers=[(b"origin", b"https://evil.example")])

    for visitor in (signed_out, elsewhere):
        accepted, _ = await visitor.link.connect(timeout=20)
        assert not accepted


async def test_tokens_need_their_scopes(inbox, tell, alice):
    def token(*scopes):
        return tokens.create(user=alice, name="bot", scopes=scopes)[1]

    def bearer(secret):
        return {"cookie": None, "headers": [(b"authorization", f"Bearer {secret}".encode())]}

    await tell()
    wrong = await inbox.knock(alice, PATH, None, **bearer(await aside(token, "me:read"))).come()
    reader = await inbox.come(alice, **bearer(await aside(token, "notifications:read")))
    writer = await inbox.come(alice, **bearer(await aside(token, "notifications:read", "notifications:write")))

    assert await wrong.end() == ([], 4403)
    await reader.say(type="read", ids=[1])
    assert (await reader.hear())["code"] == "not_allowed"
    await writer.say(type="read", ids=[1])
    assert (await reader.hear())["type"] == "notification.updated"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "mute", "ids": [1]}, "unknown_type"),
        ({"type": "read"}, "bad_frame"),
        ({"type": "read", "ids": []}, "bad_frame"),
        ({"type": "read", "ids": [-1]}, "bad_frame"),
        ({"type": "read", "ids": list(range(201))}, "bad_frame"),
        ({"type": "hello", "last_id": "1"}, "bad_frame"),
        ({"type": "hello", "last_id": 1, "user": 2}, "bad_frame"),
    ],
)
async def test_bad_frames_are_refused_by_name(inbox, alice, frame, code):
    visitor = await inbox.come(alice)

    await visitor.say(**frame)

    error = await visitor.hear()
    assert list(error) == ["type", "code", "message"]
    assert error["code"] == code


def test_frames_of_every_event():
    event = events.InboxChanged(
        topic="inbox:1",
        n=7,
        changes=[events.added({"id": 3}, browser=True), events.updated({"id": 1}), events.revoked("thing:1", 2)],
    )

    assert [text_of(frame) for frame in event.frames] == [
        '{"type":"notification.new","n":7,"notification":{"id":3},"browser":true}',
        '{"type":"notification.updated","n":7,"notification":{"id":1},"browser":false}',
        '{"type":"access.revoked","n":7,"target":"thing:1","id":2}',
    ]
    assert text_of(events.welcome(4, 2, 25)) == '{"type":"welcome","last_id":4,"unread":2,"heartbeat":25}'
    assert text_of(events.unread_count(2)) == '{"type":"unread.count","unread":2}'
    assert text_of(events.heartbeat(4)) == '{"type":"heartbeat","last_id":4}'
