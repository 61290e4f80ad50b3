"""Somebody is forgotten while others move what is theirs: one waits for the other, and nobody for each other."""

import threading

import pytest
from django.db import connections, transaction

from digi.accounts.services import people
from digi.audit import services as audit
from digi.notifications.services import inboxes
from thesis.models import Application
from thesis.services.locking import lock
from thesis.states import ApplicationState

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("deed", ["erase", "anonymise"])
def test_erasure_waits_for_who_moves_an_application_of_theirs(institute, alice, deed):
    application = institute.application()
    holds, failed = threading.Event(), []

    def move() -> None:
        """What every step does: the row, then the audit."""
        try:
            with transaction.atomic():
                lock(application)
                holds.set()
                threading.Event().wait(0.5)
                audit.record(action="application.shortlist", target=audit.target_of(application))
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    mover = threading.Thread(target=move)
    mover.start()
    assert holds.wait(30)
    getattr(people, deed)(user=alice)
    mover.join()

    assert not failed
    application.refresh_from_db()
    assert Application.objects.get().state == ApplicationState.WITHDRAWN


def test_inboxes_are_locked_in_one_order(institute, alice, bob):
    """Alice's own inbox is locked with those of all who are told that she withdraws."""
    institute.application()
    with transaction.atomic():
        inboxes.locked([alice.pk, bob.pk])
    holds, failed = threading.Event(), []
    first, second = sorted([alice.pk, bob.pk])

    def tell() -> None:
        try:
            with transaction.atomic():
                inboxes.locked([first])
                holds.set()
                threading.Event().wait(0.5)
                inboxes.locked([second])
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    teller = threading.Thread(target=tell)
    teller.start()
    assert holds.wait(30)
    people.anonymise(user=alice)
    teller.join()

    assert not failed
