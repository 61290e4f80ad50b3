"""Two who change the same person: each has read the row before the other was done."""

import pytest

from digi.accounts.models import User
from digi.accounts.services import people, profiles
from digi.errors import Conflict
from digi.files.models import StoredFile
from tests.files import path_of
from tests.pictures import picture, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.DIGI_FILES = tmp_path


@pytest.fixture
def again(alice) -> User:
    """Alice, as somebody else has read her."""
    return User.objects.get(pk=alice.pk)


@pytest.mark.parametrize(
    "deed",
    [
        lambda user: profiles.change(user=user, display_name="Alice Meyer"),
        lambda user: profiles.change(user=user, language="de"),
        lambda user: profiles.set_avatar(user=user, upload=upload(picture())),
        lambda user: people.set_address(user=user, email="new@example.org"),
        lambda user: people.set_rights(user=user, is_staff=True, is_superuser=False),
        lambda user: people.reactivate(user=user),
    ],
)
def test_who_was_forgotten_meanwhile_stays_forgotten(alice, again, deed):
    people.anonymise(user=alice)
    before = User.objects.values().get(pk=alice.pk)

    with pytest.raises(Conflict) as raised:
        deed(again)

    assert raised.value.code == "anonymised"
    assert User.objects.values().get(pk=alice.pk) == before
    assert not StoredFile.objects.exists()


def test_second_erasure_finds_the_first(alice, again):
    people.erase(user=alice)

    with pytest.raises(Conflict):
        people.erase(user=again)

    assert User.objects.get(pk=alice.pk).username == alice.username


def test_change_keeps_what_somebody_else_has_changed(alice, again):
    profiles.change(user=alice, display_name="Alice Miller")

    profiles.change(user=again, language="de")

    alice.refresh_from_db()
    assert (alice.display_name, alice.search_text, alice.language) == ("Alice Miller", "alice alice miller", "de")
    assert again.display_name == "Alice Miller"


def test_two_pictures_leave_one(alice, again, committed):
    with committed():
        first = profiles.set_avatar(user=alice, upload=upload(picture()))
        second = profiles.set_avatar(user=again, upload=upload(picture()))

    assert User.objects.get(pk=alice.pk).avatar == second == StoredFile.objects.get()
    assert not path_of(first).exists()
    assert path_of(second).exists()


def test_picture_that_somebody_else_has_replaced_is_removed(alice, again):
    profiles.set_avatar(user=alice, upload=upload(picture()))
    again.refresh_from_db()
    profiles.set_avatar(user=alice, upload=upload(picture()))

    profiles.change(user=again, remove_avatar=True)

    assert User.objects.get(pk=alice.pk).avatar is None
    assert not StoredFile.objects.exists()
