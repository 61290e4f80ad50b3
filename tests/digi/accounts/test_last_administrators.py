"""Two administrators take each other away at the same moment: one of them stays."""

import threading

import pytest
from django.db import connections, transaction

from digi.accounts.models import User
from digi.accounts.services import people
from digi.errors import Conflict
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "deed",
    [
        lambda user: people.set_rights(user=user, is_staff=True, is_superuser=False),
        lambda user: people.deactivate(user=user),
        lambda user: people.anonymise(user=user),
        lambda user: people.erase(user=user),
    ],
)
def test_of_two_administrators_one_stays(admin, deed):
    other = PersonFactory(username="other", is_staff=True, is_superuser=True)
    begun, done = threading.Event(), []

    def go_too() -> None:
        try:
            begun.set()
            deed(User.objects.get(pk=other.pk))
            done.append("gone")
        except Conflict as refused:
            done.append(refused.code)
        finally:
            connections.close_all()

    second = threading.Thread(target=go_too)
    with transaction.atomic():
        deed(admin)
        second.start()
        assert begun.wait(20)
        second.join(0.3)  # it waits for the end of this transaction; where it does not, it has gone by now
    second.join(20)

    assert done == ["last_administrator"]
    assert list(User.objects.present().filter(is_superuser=True)) == [other]


def test_stranger_to_the_rights_goes_at_once(admin, alice):
    people.deactivate(user=alice)

    assert not User.objects.get(pk=alice.pk).is_active
