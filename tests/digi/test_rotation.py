"""`manage.py rotate_keys`: what is sealed under which key, sealed anew, counted, and left alone."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import BinaryField

from chat.models import Draft, Message, Room, RoomKey
from chat.services import drafts
from digi.crypto import Unreadable, ring
from digi.management import rotation
from digi.management.sealed import PLACES
from digi.secrets import fresh
from digi.webhooks.models import Webhook
from tests.digi.furnished import VALUES, Furnished, more_keys

pytestmark = pytest.mark.django_db

# Columns of bytes that no key of the ring has sealed, and why.
NOT_SEALED = {
    "chat.Room.head_hash": "a digest",
    "chat.Message.body": "under its room's data key",
    "chat.Revision.body": "under its room's data key",
    "chat.Change.digest": "a digest",
    "chat.Change.hash": "a digest",
}


@pytest.fixture
def ring_of(settings):
    """Set the ring: `ring_of(new, old)`; without arguments one fresh key."""

    def use(*keys: str) -> list[str]:
        settings.DIGI_ENCRYPTION_KEYS = list(keys) or [fresh(32)]
        return settings.DIGI_ENCRYPTION_KEYS

    return use


@pytest.fixture
def old(ring_of):
    return ring_of()[0]


@pytest.fixture
def furnished(old, person):
    """Everything there is, sealed with the key `old`."""
    return Furnished(person("alice"), person("bob"))


def rotate(*options: str) -> tuple[int, str]:
    """The command's exit code, and what it said."""
    said = StringIO()
    try:
        call_command("rotate_keys", *options, stdout=said)
    except CommandError as error:
        return error.returncode, f"{said.getvalue()}{error}"
    return 0, said.getvalue()


def counted() -> dict[str, dict[int, int]]:
    return {place.name: dict(rotation.census(place)) for place in PLACES}


def test_after_a_rotation_the_new_key_alone_opens_everything(furnished, old, ring_of):
    new = fresh(32)
    ring_of(new, old)

    code, said = rotate()

    assert code == 0
    assert "data keys of rooms: 2 sealed anew" in said
    assert counted() == {name: {0: count} for name, count in VALUES.items()}
    ring_of(new)
    assert furnished.stands() == furnished.expected()


def test_after_a_rotation_the_old_key_alone_opens_nothing(furnished, old, ring_of):
    ring_of(fresh(32), old)
    rotate()

    ring_of(old)

    assert counted() == {name: {rotation.NO_KEY: count} for name, count in VALUES.items()}
    with pytest.raises(Unreadable):
        furnished.stands()


def test_everything_opens_before_during_and_after(furnished, old, ring_of):
    new = fresh(32)
    for ring_then in ((old,), (old, new), (new, old)):
        ring_of(*ring_then)
        assert furnished.stands() == furnished.expected()

    for place in PLACES:
        rotation.renew(place)
        assert furnished.stands() == furnished.expected()


def test_bodies_and_the_log_are_not_touched(furnished, old, ring_of):
    before = list(Message.objects.values_list("body", "n", "rev"))
    heads = list(Room.objects.values_list("head", "head_hash"))
    ring_of(fresh(32), old)

    rotate()

    assert list(Message.objects.values_list("body", "n", "rev")) == before
    assert list(Room.objects.values_list("head", "head_hash")) == heads


def test_second_run_writes_nothing(furnished, old, ring_of, django_assert_num_queries):
    ring_of(fresh(32), old)
    rotate()
    before = list(RoomKey.objects.values_list("wrapped"))

    with django_assert_num_queries(2 * 2 * len(PLACES)):  # a look and a count; for each a slice, and an empty one
        assert rotate()[0] == 0

    assert list(RoomKey.objects.values_list("wrapped")) == before


def test_run_that_was_ended_goes_on_where_it_was(furnished, old, ring_of, monkeypatch):
    more_keys(furnished.room, 30)
    ring_of(fresh(32), old)
    place = PLACES[0]
    rows, renewed = [], rotation._renew

    def ends(*args):
        if len(rows) == 2:
            raise KeyboardInterrupt
        rows.append(args[1])
        return renewed(*args)

    monkeypatch.setattr(rotation, "_renew", ends)
    with pytest.raises(KeyboardInterrupt):
        rotation.renew(place, at_once=10)
    monkeypatch.undo()

    assert rotation.census(place) == {0: 20, 1: 12}
    assert rotation.renew(place) == 12
    assert rotation.census(place) == {0: 32}


def test_check_counts_and_changes_nothing(furnished, old, ring_of):
    new = fresh(32)
    ring_of(new, old)
    before = furnished.stands()

    code, said = rotate("--check")

    assert (code, said.splitlines()[-1]) == (1, "Older keys are still needed for 8 of them.")
    assert said.splitlines()[0].split() == [ring().names[0], "(seals)", ring().names[1], "no", "key"]
    assert said.splitlines()[1].split() == ["data", "keys", "of", "rooms", "0", "2", "0"]
    assert counted() == {name: {1: count} for name, count in VALUES.items()}
    assert furnished.stands() == before
    assert all(key not in said for key in (new, old))


def test_what_no_key_opens_is_named_and_left_alone(furnished, old, ring_of):
    lost = bytes(Draft.objects.get().body)
    Draft.objects.update(body=lost[:-1] + bytes([lost[-1] ^ 1]))
    left = bytes(Draft.objects.get().body)
    ring_of(fresh(32), old)

    code, said = rotate()

    assert code == 2
    assert "No key of DIGI_ENCRYPTION_KEYS opens 1 of them." in said
    assert [line.split()[-3:] for line in said.splitlines() if line.startswith("drafts ")] == [["0", "0", "1"]]
    assert bytes(Draft.objects.get().body) == left
    assert counted()["data keys of rooms"] == {0: 2}


def test_one_lost_recovery_code_does_not_hold_up_the_others(furnished, old, ring_of):
    """Codes that allauth has taken over from elsewhere lie in a list, each sealed by itself."""
    ring_of()
    lost = encrypt("11111111")
    ring_of(old)
    factor = Authenticator.objects.get(type="recovery_codes")
    factor.data = {"migrated_codes": [encrypt("22222222"), lost], "viewed_at": 1.5}
    factor.save()
    ring_of(fresh(32), old)

    assert rotate()[0] == 2

    factor.refresh_from_db()
    assert factor.data["viewed_at"] == 1.5
    assert factor.data["migrated_codes"][1] == lost
    assert counted()["second factors"] == {0: 2, rotation.NO_KEY: 1}


def test_destroyed_keys_count_as_nothing(furnished, old, ring_of):
    RoomKey.objects.filter(month=2026 * 12).update(wrapped=b"")
    ring_of(fresh(32), old)

    assert rotate()[0] == 0

    assert counted()["data keys of rooms"] == {0: 1}
    assert bytes(RoomKey.objects.get(month=2026 * 12).wrapped) == b""


def test_what_is_put_back_meanwhile_is_found_by_the_next_round(furnished, old, ring_of, monkeypatch):
    """A request had read a webhook before, and writes what it has read after the command was there."""
    stale = bytes(Webhook.objects.get().secret)
    ring_of(fresh(32), old)
    late = iter([stale])

    def counting(place):
        for secret in late:
            Webhook.objects.update(secret=secret)
        return rotation.census(place)

    monkeypatch.setattr("digi.management.commands.rotate_keys.census", counting)
    code, said = rotate()

    assert code == 0
    assert said.count("secrets of webhooks: 1 sealed anew") == 3  # one former secret, and the other one twice
    assert counted() == {name: {0: count} for name, count in VALUES.items()}


def test_process_that_still_seals_with_an_old_key_is_noticed(furnished, old, ring_of, monkeypatch):
    stale = bytes(Webhook.objects.get().secret)
    ring_of(fresh(32), old)

    def counting(place):
        Webhook.objects.update(secret=stale)
        return rotation.census(place)

    monkeypatch.setattr("digi.management.commands.rotate_keys.census", counting)

    assert rotate()[0] == 1


def test_draft_that_was_kept_meanwhile_stays(furnished, old, ring_of, person, monkeypatch):
    """Between a look at the rows and their lock somebody goes on writing."""
    ring_of(fresh(32), old)
    alice = furnished.room.memberships.get(user__username="alice").user
    place = next(place for place in PLACES if place.model is Draft)
    renewed = rotation._renew

    def late(*args):
        drafts.keep(room=furnished.room, by=alice, text="begun and gone on")
        return renewed(*args)

    monkeypatch.setattr(rotation, "_renew", late)

    assert rotation.renew(place) == 0
    assert furnished.stands()["drafts"] == ["begun and gone on"]


def test_every_column_of_bytes_is_known():
    """Whoever adds a column of sealed values must let the rotation know, or its key can never go."""
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField)
    }

    known = {f"{place.model._meta.label}.{place.column}" for place in PLACES}

    assert columns == (known - {"mfa.Authenticator.data"}) | NOT_SEALED.keys()


def test_empty_server_needs_no_other_key(ring_of):
    ring_of(fresh(32), fresh(32))

    code, said = rotate()

    assert code == 0
    assert f"The key {ring().names[0]} opens everything that is stored." in said
    assert f"{ring().names[1]}: {ring().public_keys()[1]}" in said
