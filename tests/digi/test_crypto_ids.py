"""Opaque ids: connection ids that expire, message ids that never change."""

import time

import pytest

from chat import connection
from digi import crypto
from digi.crypto import Expired, Numbering, Unreadable, new_key
from digi.secrets import fresh

HALF_A_DAY = 12 * 3600


@pytest.fixture
def clock(monkeypatch):
    """Move the wall clock: `clock(3600)` is an hour from now."""
    now = time.time()

    def move(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: now + seconds)

    move(0)
    return move


# Connection ids


def test_connection_id_looks_like_the_first_digis_and_says_nothing():
    issued = {connection.issue(7, 3) for _ in range(20)}

    assert len(issued) == 20
    assert {one[:8] for one in issued} == {"Z0FBQUFB"}
    assert all(one.replace("-", "").replace("_", "").isalnum() for one in issued)


def test_connection_id_gives_back_what_it_was_issued_for():
    ticket = connection.read(connection.issue(7, 3), 3)

    assert (ticket.room_id, ticket.user_id, ticket.expired) == (7, 3, False)


@pytest.mark.parametrize(
    ("age", "expired"), [(0, False), (HALF_A_DAY - 5, False), (HALF_A_DAY + 5, True), (400 * 86400, True)]
)
def test_connection_id_expires_after_twelve_hours(clock, age, expired):
    issued = connection.issue(7, 3)
    clock(age)

    assert connection.read(issued, 3).expired is expired


def test_expired_id_still_tells_what_it_held(clock):
    issued = crypto.ring().issue(b"ticket")
    clock(HALF_A_DAY + 5)

    with pytest.raises(Expired) as error:
        crypto.ring().read(issued, HALF_A_DAY)

    assert error.value.payload == b"ticket"


def test_connection_id_of_somebody_else_is_refused():
    assert connection.read(connection.issue(7, 3), 4) is None


@pytest.mark.parametrize(
    "payload",
    [
        b'[1,"download",7,3]',
        b'[2,"room",7,3]',
        b'[1,"room",7]',
        b'["1","room",7,3]',
        b'{"version":1,"purpose":"room","room_id":7,"user_id":3}',
        b"",
        b"\xff",
        b"[" * 5000,
    ],
)
def test_genuine_token_of_another_purpose_version_or_shape_is_refused(payload):
    assert connection.read(crypto.ring().issue(payload), 3) is None


def test_any_altered_character_makes_a_connection_id_worthless():
    issued = connection.issue(7, 3)

    for position in range(len(issued)):
        other = "A" if issued[position] != "A" else "B"
        altered = connection.read(issued[:position] + other + issued[position + 1 :], 3)
        assert altered is None, position


@pytest.mark.parametrize("made_up", ["", "x", "Z0FBQUFB", "Z0FBQUFB" + "x" * 100, "ä" * 20, "=" * 8, "\x00", "\ud800"])
def test_made_up_connection_id_is_refused(made_up):
    assert connection.read(made_up, 3) is None


def test_connection_id_of_a_ring_that_is_gone_is_refused(settings):
    issued = connection.issue(7, 3)
    settings.DIGI_ENCRYPTION_KEYS = [fresh(32)]

    assert connection.read(issued, 3) is None


# Message ids


@pytest.fixture
def key():
    return new_key(64)


@pytest.fixture
def numbering(key):
    return Numbering(key, b"room:1")


def test_message_ids_are_stable_opaque_and_read_back(key, numbering):
    hidden = [numbering.hide(number) for number in range(1, 200)]

    assert hidden == [Numbering(key, b"room:1").hide(number) for number in range(1, 200)]
    assert [numbering.reveal(one) for one in hidden] == list(range(1, 200))
    assert len(set(hidden)) == 199
    assert {len(one) for one in hidden} == {32}
    assert len({one[:8] for one in hidden}) == 199  # neighbours have nothing in common


@pytest.mark.parametrize("number", [0, 1, 2**53, 2**63 - 1])
def test_message_ids_hold_any_number_of_a_room(numbering, number):
    assert numbering.reveal(numbering.hide(number)) == number


def test_message_id_of_another_room_is_refused(key, numbering):
    with pytest.raises(Unreadable):
        Numbering(key, b"room:2").reveal(numbering.hide(1))
    with pytest.raises(Unreadable):
        Numbering(new_key(64), b"room:1").reveal(numbering.hide(1))


@pytest.mark.parametrize(
    "made_up", ["", "x", "A" * 31, "A" * 32, "never-was", "ü" * 32, "\x00" * 32, "\ud800", "=" * 8]
)
def test_made_up_message_id_is_refused(numbering, made_up):
    with pytest.raises(Unreadable):
        numbering.reveal(made_up)


def test_message_id_has_one_spelling(numbering):
    """Ids travel to everybody in the room as they were sent: two spellings would be two messages to clients."""
    hidden = next(one for one in map(numbering.hide, range(1000)) if "-" in one and "_" in one)

    for spelling in (
        hidden.replace("-", "+"),
        hidden.replace("_", "/"),
        hidden + "\n",
        " " + hidden,
        "!" + hidden,
        hidden[:8] + "." + hidden[8:],
        hidden + "=",
        hidden + "====",
    ):
        with pytest.raises(Unreadable):
            numbering.reveal(spelling)
