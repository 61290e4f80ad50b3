"""What ends a socket: at once and not at the next look at sessions, and with its own code."""

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.utils import timezone

from chat.models import Membership
from chat.services import messages, rooms
from digi.accounts.models import User
from digi.accounts.services import people, sessions, tokens
from digi.realtime.hub import hub
from tests.chat.sockets import aside, eventually

DIALECTS = pytest.mark.parametrize("dialect", ["digi.v2", None], ids=["v2", "seed"])


def key_of(house, user) -> str:
    return house._cookies[user.pk].partition("=")[2]


async def ended(visitor) -> tuple[set, int]:
    """The kinds of the last frames, and the code."""
    frames, code = await visitor.end()
    return {frame.get("type", "add") for frame in frames}, code


# The session


@pytest.fixture
def everywhere(house, room, alice):
    """All kinds of sockets that Alice can have."""

    async def open_all():
        return [await house.room(alice, room), await house.room(alice, room, None), await house.list(alice)]

    return open_all


async def test_sign_out_ends_the_sockets_of_the_session(layer, house, everywhere, room, bob, alice):
    mine, other = await everywhere(), await house.room(bob, room)

    await aside(sessions.end, session_keys=[key_of(house, alice)])

    for visitor in mine:
        assert (await ended(visitor))[1] == 4401
    assert await other.silent(0.1)
    assert not await house.at_door(alice, room).is_let_in()


async def test_signing_out_in_the_browser_ends_its_sockets(house, everywhere, alice, client):
    mine = await everywhere()
    client.cookies[configured.SESSION_COOKIE_NAME] = key_of(house, alice)

    await aside(client.post, "/accounts/logout/")

    for visitor in mine:
        assert (await ended(visitor))[1] == 4401


async def test_other_sessions_of_the_person_go_on(house, everywhere, room, alice, client_for):
    here = await everywhere()
    key = await aside(sessions.start, user=alice)
    there = await house.room(alice, room, cookie=f"{configured.SESSION_COOKIE_NAME}={key}")

    await aside(sessions.end, session_keys=[key])

    assert (await ended(there))[1] == 4401
    for visitor in here:
        assert await visitor.silent(0.05)


async def test_change_of_password_ends_all_sockets_but_those_kept(layer, house, everywhere, room, alice, bob):
    mine, other = await everywhere(), await house.room(bob, room)

    await aside(people.set_password, user=alice, password="another good password", by=None)

    for visitor in mine:
        assert (await ended(visitor))[1] == 4401
    assert await other.silent(0.1)


@pytest.mark.parametrize("end", [people.deactivate, people.anonymise])
async def test_closing_an_account_ends_its_sockets(layer, house, everywhere, alice, end):
    mine = await everywhere()

    await aside(end, user=alice, by=None)

    for visitor in mine:
        assert (await ended(visitor))[1] == 4401


async def test_nothing_is_heard_after_the_end(house, room, alice, bob):
    visitor = await house.room(bob, room)

    await aside(sessions.end, session_keys=[key_of(house, bob)])
    await aside(messages.post, room=room, by=alice, text="secret")
    await visitor.say(type="add", cid="3e0cbf3c-32cc-4aa5-bd51-3d6b9d1eb8b2", message="still me?")

    kinds, code = await ended(visitor)
    assert code == 4401
    assert kinds <= {"presence"}


# The room


@DIALECTS
async def test_leaving_ends_the_sockets_of_this_room_alone(layer, house, room, other_room, alice, bob, dialect):
    leaving = [await house.room(alice, room, dialect) for _ in range(2)]
    staying = [await house.room(bob, room), await house.room(alice, other_room)]
    listing = await house.list(alice)

    await aside(rooms.leave, room=room, by=alice)

    for visitor in leaving:
        kinds, code = await ended(visitor)
        assert code == 4403
        assert kinds <= {"member", "presence"}
    assert (await staying[0].hear())["state"] == "left"
    assert await staying[1].silent(0.1)
    assert (await listing.hear_until("gone"))[-1]["room"] == str(room.uuid)
    assert await listing.silent(0.05)


async def test_coming_back_opens_the_room_again(house, room, alice, bob):
    await aside(rooms.leave, room=room, by=bob)
    await aside(rooms.open_pair, by=bob, other=alice)

    visitor = await house.room(bob, room)

    assert (await visitor.add("back"))["n"] == 3


# When the news was lost


@pytest.mark.parametrize("lost", ["session row", "session expired", "password", "deactivated", "anonymised"])
async def test_revalidation_catches_what_was_not_heard(house, everywhere, room, alice, bob, lost):
    mine, other = await everywhere(), await house.room(bob, room)

    def change():
        match lost:
            case "session row":
                Session.objects.filter(session_key=key_of(house, alice)).delete()
            case "session expired":
                Session.objects.filter(session_key=key_of(house, alice)).update(expire_date=timezone.now())
            case "password":
                user = User.objects.get(pk=alice.pk)
                user.set_password("another good password")
                user.save()
            case "deactivated":
                User.objects.filter(pk=alice.pk).update(is_active=False)
            case "anonymised":
                User.objects.filter(pk=alice.pk).update(anonymised_at=timezone.now())

    await aside(change)
    for visitor in mine:
        assert await visitor.silent(0.05)
    await hub().pulse._revalidate()

    for visitor in mine:
        assert (await ended(visitor))[1] == 4401
    assert await other.silent(0.1)


async def test_revalidation_leaves_the_valid_alone(house, everywhere):
    mine = await everywhere()

    await hub().pulse._revalidate()

    for visitor in mine:
        assert await visitor.silent(0.05)


# Tokens


@pytest.fixture
def token(alice):
    """Make a token of Alice's: (row, headers)."""

    def make(*scopes: str):
        row, secret = tokens.create(user=alice, name="program", scopes=scopes)
        return row, [(b"authorization", f"Bearer {secret}".encode())]

    return make


async def test_token_needs_no_origin_and_may_what_its_scopes_say(house, room, alice, token):
    _, reading = await aside(token, "rooms:read")
    _, writing = await aside(token, "rooms:read", "rooms:write")
    _, neither = await aside(token, "me:read")

    reader = await house.room(alice, room, cookie="", headers=reading)
    writer = await house.room(alice, room, cookie="", headers=writing)
    assert (await writer.add("from a program"))["n"] == 1
    assert (await reader.hear())["message"] == "from a program"
    for frame in (
        {"type": "add", "cid": "3e0cbf3c-32cc-4aa5-bd51-3d6b9d1eb8b2", "message": "hi"},
        {"type": "typing"},
        {"type": "read", "seq": 1},
    ):
        await reader.say(**frame)
        assert (await reader.hear())["code"] == "not_allowed"
    stranger = await house.at_door(alice, room, cookie="", headers=neither).come()
    assert await stranger.end() == ([], 4403)
    assert not await aside(Membership.objects.filter(read__gt=0).exists)


async def test_token_with_a_foreign_origin_is_refused(house, room, alice, token):
    _, headers = await aside(token, "rooms:read")

    door = house.at_door(alice, room, cookie="", headers=[*headers, (b"origin", b"https://evil.example")])

    assert not await door.is_let_in()


async def test_revoked_token_ends_its_sockets_and_opens_no_more(layer, house, room, alice, token):
    row, headers = await aside(token, "rooms:read")
    program, browser = await house.room(alice, room, cookie="", headers=headers), await house.room(alice, room)

    await aside(tokens.revoke, token=row)

    assert (await ended(program))[1] == 4401
    assert await browser.silent(0.05)
    assert not await house.at_door(alice, room, cookie="", headers=headers).is_let_in()


# What is left behind


async def test_closed_sockets_leave_nothing_in_the_hub(house, room, alice, bob):
    visitors = [await house.room(who, room, dialect) for who in (alice, bob) for dialect in ("digi.v2", None)]
    visitors.append(await house.list(alice))
    turned_away = await house.knock(alice, "/ws/chat/x/").come()
    await turned_away.end()
    assert len(hub().open) == 5

    for visitor in (*visitors, turned_away):
        await visitor.go()

    await eventually(lambda: not hub().open)
    assert hub().topics == {}
