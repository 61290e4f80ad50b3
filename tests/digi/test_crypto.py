"""The key ring: what is sealed under which key, what opens it, and what never does."""

import base64
import hmac

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import ImproperlyConfigured

from digi import crypto
from digi.crypto import KeyRing, Unreadable, derive, layer_keys, name_of, ring_keys
from digi.secrets import fresh

HALF_A_DAY = 12 * 3600


@pytest.fixture
def old():
    return fresh(32)


# The ring


def test_newest_key_seals_and_older_ones_open(old):
    before, rotated = KeyRing([old]), KeyRing([fresh(32), old])

    sealed, wrapped, issued = before.seal(b"draft", b"here"), before.wrap(b"key", b"room"), before.issue(b"ticket")

    assert rotated.open(sealed, b"here") == b"draft"
    assert rotated.unwrap(wrapped, b"room") == b"key"
    assert rotated.read(issued, HALF_A_DAY) == b"ticket"


def test_what_the_newest_key_seals_is_closed_to_the_older(old):
    before, rotated = KeyRing([old]), KeyRing([fresh(32), old])

    with pytest.raises(Unreadable):
        before.open(rotated.seal(b"draft", b"here"), b"here")
    with pytest.raises(Unreadable):
        before.unwrap(rotated.wrap(b"key", b"room"), b"room")
    with pytest.raises(Unreadable):
        before.read(rotated.issue(b"ticket"), HALF_A_DAY)


def test_a_key_taken_out_of_the_ring_opens_nothing_any_more(old):
    sealed = KeyRing([old]).seal(b"draft", b"here")

    with pytest.raises(Unreadable):
        KeyRing([fresh(32)]).open(sealed, b"here")


@pytest.mark.parametrize("use", ["wrap", "seal"])
def test_ring_tells_which_key_opens_and_renews_with_the_newest(old, use):
    new, context = fresh(32), b"here"
    before, rotated = KeyRing([old]), KeyRing([new, old])
    make = {"wrap": before.wrap, "seal": before.seal}[use]
    sealed = make(b"something", context)

    renewed = rotated.renewed(use, sealed, context)

    assert [rotated.opener(use, one, context) for one in (sealed, renewed)] == [1, 0]
    assert {"wrap": KeyRing([new]).unwrap, "seal": KeyRing([new]).open}[use](renewed, context) == b"something"
    with pytest.raises(Unreadable):
        before.opener(use, renewed, context)
    with pytest.raises(Unreadable):
        rotated.renewed(use, sealed, b"there")


def test_name_of_a_key_is_short_stable_and_its_own(old):
    ring = KeyRing([fresh(32), old])

    assert ring.names[1] == name_of(ring_keys([old])[0])
    assert len(set(ring.names)) == 2
    assert {len(name) for name in ring.names} == {8}


def test_each_use_has_a_key_of_its_own(old):
    ring, key = KeyRing([old]), ring_keys([old])[0]

    derived = {label: derive(key, label) for label in ("connection", "wrap", "seal", "layer", "sign", "name")}

    assert len({key, *derived.values()}) == 7
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
    settings.DIGI_ENCRYPTION_KEYS = [fresh(32), old]

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
