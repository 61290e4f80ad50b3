"""The key ring: what is sealed under which key, what opens it, and what never does."""

import base64
import hmac
import os
import time

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import ImproperlyConfigured

from chat import connection
from digi import crypto
from digi.crypto import Expired, KeyRing, Numbering, Unreadable, derive, layer_keys, new_key, ring_keys

HALF_A_DAY = 12 * 3600


def fresh() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def old():
    return fresh()


@pytest.fixture
def clock(monkeypatch):
    """Move the wall clock: `clock(3600)` is an hour from now."""
    now = time.time()

    def move(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: now + seconds)

    move(0)
    return move


# The ring


def test_newest_key_seals_and_older_ones_open(old):
    before, rotated = KeyRing([old]), KeyRing([fresh(), old])

    sealed, wrapped, issued = before.seal(b"draft", b"here"), before.wrap(b"key", b"room"), before.issue(b"ticket")

    assert rotated.open(sealed, b"here") == b"draft"
    assert rotated.unwrap(wrapped, b"room") == b"key"
    assert rotated.read(issued, HALF_A_DAY) == b"ticket"


def test_what_the_newest_key_seals_is_closed_to_the_older(old):
    before, rotated = KeyRing([old]), KeyRing([fresh(), old])

    with pytest.raises(Unreadable):
        before.open(rotated.seal(b"draft", b"here"), b"here")
    with pytest.raises(Unreadable):
        before.unwrap(rotated.wrap(b"key", b"room"), b"room")
    with pytest.raises(Unreadable):
        before.read(rotated.issue(b"ticket"), HALF_A_DAY)


def test_a_key_taken_out_of_the_ring_opens_nothing_any_more(old):
    sealed = KeyRing([old]).seal(b"draft", b"here")

    with pytest.raises(Unreadable):
        KeyRing([fresh()]).open(sealed, b"here")


def test_each_use_has_a_key_of_its_own(old):
    ring, key = KeyRing([old]), ring_keys([old])[0]

    derived = {label: derive(key, label) for label in ("connection", "wrap", "seal", "layer")}

    assert len({key, *derived.values()}) == 5
    assert {len(one) for one in derived.values()} == {32}
    with pytest.raises(Unreadable):
        ring.open(ring.wrap(b"data key", b"room"), b"room")
    with pytest.raises(Unreadable):
        ring.unwrap(ring.seal(b"draft", b"room"), b"room")
    with pytest.raises(InvalidToken):
        Fernet(layer_keys([old])[0]).decrypt(base64.urlsafe_b64decode(ring.issue(b"ticket") + "=="))


def test_derivation_is_the_hkdf_of_rfc_5869(old):
    """Another derivation would make everything unreadable that was ever stored."""
    key = ring_keys([old])[0]

    secret = hmac.digest(bytes(32), key, "sha256")
    first = hmac.digest(secret, b"digi:wrap\x01", "sha256")
    second = hmac.digest(secret, first + b"digi:wrap\x02", "sha256")

    assert derive(key, "wrap", 48) == (first + second)[:48]


@pytest.mark.parametrize("place", [b"", b"room:2", b"room:1 "])
def test_what_is_sealed_for_one_place_opens_in_no_other(old, place):
    ring = KeyRing([old])

    with pytest.raises(Unreadable):
        ring.open(ring.seal(b"draft", b"room:1"), place)
    with pytest.raises(Unreadable):
        ring.unwrap(ring.wrap(b"key", b"room:1"), place)


def test_any_altered_byte_closes_a_sealed_thing(old):
    ring = KeyRing([old])
    sealed = ring.seal(b"draft", b"here")

    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(Unreadable):
            ring.open(bytes(altered), b"here")
    for length in range(len(sealed)):
        with pytest.raises(Unreadable):
            ring.open(sealed[:length], b"here")


def test_the_same_is_never_sealed_alike_twice(old):
    ring = KeyRing([old])

    assert len({ring.seal(b"draft", b"here") for _ in range(100)}) == 100


def test_the_settings_ring_is_made_once_per_list_of_keys(settings, old):
    first = crypto.ring()
    settings.DIGI_ENCRYPTION_KEYS = [fresh(), old]

    assert crypto.ring() is crypto.ring()
    assert crypto.ring() is not first


# Keys as people write them


def test_ring_keys_are_read_in_both_alphabets_of_base64():
    key = b"\xfb\xff" * 16

    assert ring_keys([base64.b64encode(key).decode(), base64.urlsafe_b64encode(key).decode()]) == [key, key]


@pytest.mark.parametrize(
    "bad",
    ["", "not base64!", base64.b64encode(b"x" * 31).decode(), base64.b64encode(b"x" * 33).decode(), "Ü" * 44, "a" * 45],
)
def test_a_bad_ring_key_is_named_by_its_place_and_not_shown(old, bad):
    with pytest.raises(ImproperlyConfigured) as error:
        ring_keys([old, bad])

    assert str(error.value) == "DIGI_ENCRYPTION_KEYS: key 2 is not 32 bytes in base64."


def test_an_empty_ring_is_refused_in_words():
    with pytest.raises(ImproperlyConfigured, match="DIGI_ENCRYPTION_KEYS holds no key"):
        ring_keys([])


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
    settings.DIGI_ENCRYPTION_KEYS = [fresh()]

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


# Signatures


def test_signature_belongs_to_its_message_and_key(old):
    ring = KeyRing([old])
    key, signature = ring.sign(b"handed in")

    assert ring.public_keys() == [key]
    assert crypto.is_signed(b"handed in", key=key, signature=signature)
    assert not crypto.is_signed(b"handed in!", key=key, signature=signature)
    assert not crypto.is_signed(b"handed in", key=KeyRing([fresh()]).public_keys()[0], signature=signature)


def test_newest_key_signs_and_the_older_ones_are_known(old):
    ring = KeyRing([fresh(), old])

    assert ring.sign(b"x")[0] == ring.public_keys()[0]
    assert ring.public_keys()[1:] == KeyRing([old]).public_keys()


@pytest.mark.parametrize("made_up", ["", "###", "AAAA", "é"])
def test_nonsense_is_no_key_and_no_signature(old, made_up):
    key, signature = KeyRing([old]).sign(b"x")

    assert not crypto.is_signed(b"x", key=made_up, signature=signature)
    assert not crypto.is_signed(b"x", key=key, signature=made_up)
