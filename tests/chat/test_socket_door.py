"""Who may come in through a socket, and how everybody else is refused."""

import base64
import time

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as configured

from chat.connection import LIFETIME, issue
from chat.services import rooms
from digi.crypto import derive, ring, ring_keys
from tests.chat.sockets import aside

DIALECTS = pytest.mark.parametrize("dialect", ["digi.v2", None], ids=["v2", "seed"])


def expired(room, user) -> str:
    """A genuine connection id of yesterday."""
    payload = ring().read(issue(room.pk, user.pk), LIFETIME)
    key = derive(ring_keys(configured.DIGI_ENCRYPTION_KEYS)[0], "connection")
    token = Fernet(base64.urlsafe_b64encode(key)).encrypt_at_time(payload, int(time.time()) - LIFETIME - 60)
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


@DIALECTS
async def test_outsider_and_former_member_get_4403_and_nothing_else(house, room, alice, bob, charlie, dialect):
    witness = await house.room(alice, room)
    await aside(rooms.leave, room=room, by=bob)
    assert (await witness.hear())["type"] == "member"

    for who in (charlie, bob):
        visitor = await house.at_door(who, room, dialect).come()
        await visitor.say(type="add", cid="3e0cbf3c-32cc-4aa5-bd51-3d6b9d1eb8b2", message="hello?")
        assert await visitor.end() == ([], 4403)
    assert await witness.silent(0.1)


async def test_forged_id_is_answered_as_a_foreign_one(house, alice):
    for forged in ("x", "Z0FBQUFB", "Z0FBQUFB" + "x" * 140):
        for dialect in ("digi.v2", None):
            visitor = await house.knock(alice, f"/ws/chat/{forged}/", dialect).come()
            assert await visitor.end() == ([], 4403)


@DIALECTS
async def test_expired_id_is_told_to_members_alone(house, room, alice, bob, charlie, dialect):
    await aside(rooms.leave, room=room, by=bob)

    member = await house.knock(alice, f"/ws/chat/{expired(room, alice)}/", dialect).come()
    frames, code = await member.end()
    assert [(frame["type"], frame["code"]) for frame in frames] == [("error", "connection_expired")]
    assert code == 4403
    for who in (bob, charlie):
        former = await house.knock(who, f"/ws/chat/{expired(room, who)}/", dialect).come()
        assert await former.end() == ([], 4403)


async def test_foreign_origin_is_refused_before_the_accept(house, room, alice):
    for origins in (
        [],
        [b"https://evil.example"],
        [b"http://testserver.evil.example"],
        [b"http://testserver:81"],
        [b"null"],
        [b""],
        [b"http://testserver", b"https://evil.example"],
    ):
        visitor = house.at_door(alice, room, headers=[(b"origin", one) for one in origins])
        assert not await visitor.is_let_in(), origins


async def test_set_origins_are_the_only_ones(house, settings, room, alice):
    settings.DIGI_PUBLIC_ORIGINS = ["https://digi.example", "https://chat.example:8443"]

    for origin, welcome in (
        (b"https://digi.example", True),
        (b"https://chat.example:8443", True),
        (b"http://digi.example", False),
        (b"https://digi.example:444", False),
        (b"https://chat.example", False),
        (b"http://testserver", False),
    ):
        visitor = house.at_door(alice, room, headers=[(b"origin", origin)])
        assert await visitor.is_let_in() is welcome, origin


async def test_without_a_session_nobody_is_let_in(house, room, alice):
    for cookie in ("", "sessionid=", "sessionid=made-up", 'sessionid="', "nonsense", "sessionid=a; sessionid=b"):
        assert not await house.at_door(alice, room, cookie=cookie).is_let_in(), cookie


async def test_unknown_path_is_refused(house, alice):
    for path in ("/ws/", "/ws/nothing/", "/", "/ws/chat", "/ws/chat/a/b/", "/ws/chat/%00/"):
        assert not await house.knock(alice, path).is_let_in(), path
