"""What people carry away and check without us: signatures under the ring's public keys."""

import pytest

from digi import crypto
from digi.crypto import KeyRing
from digi.secrets import fresh


@pytest.fixture
def old():
    return fresh(32)


def test_signature_belongs_to_its_message_and_key(old):
    ring = KeyRing([old])
    key, signature = ring.sign(b"handed in")

    assert ring.public_keys() == [key]
    assert crypto.is_signed(b"handed in", key=key, signature=signature)
    assert not crypto.is_signed(b"handed in!", key=key, signature=signature)
    assert not crypto.is_signed(b"handed in", key=KeyRing([fresh(32)]).public_keys()[0], signature=signature)


def test_newest_key_signs_and_the_older_ones_are_known(old):
    ring = KeyRing([fresh(32), old])

    assert ring.sign(b"x")[0] == ring.public_keys()[0]
    assert ring.public_keys()[1:] == KeyRing([old]).public_keys()


@pytest.mark.parametrize("made_up", ["", "###", "AAAA", "é"])
def test_nonsense_is_no_key_and_no_signature(old, made_up):
    key, signature = KeyRing([old]).sign(b"x")

    assert not crypto.is_signed(b"x", key=made_up, signature=signature)
    assert not crypto.is_signed(b"x", key=key, signature=made_up)
