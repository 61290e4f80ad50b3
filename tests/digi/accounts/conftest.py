from contextlib import contextmanager

import pytest
from django.test import Client

from digi.audit.models import AuditEvent
from digi.realtime import outbox
from digi.realtime.events import SocketsClosed
from tests.factories import PersonFactory


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """`with committed() as events:` lets what is inside commit, and keeps the events that it published."""

    @contextmanager
    def watch():
        with outbox.collected() as events, django_capture_on_commit_callbacks(execute=True):
            yield events

    return watch


@pytest.fixture
def alice(db):
    return PersonFactory(username="alice", display_name="Alice Meyer")


@pytest.fixture
def bob(db):
    return PersonFactory(username="bob", display_name="Bob Özil")


@pytest.fixture
def charlie(db):
    """The outsider."""
    return PersonFactory(username="charlie", display_name="Charlie Outsider")


@pytest.fixture
def admin(db):
    return PersonFactory(username="root-of-all", is_staff=True, is_superuser=True)


@pytest.fixture
def root(admin, client_for) -> Client:
    """The administrator at a browser."""
    return client_for(admin)


def closed(events) -> list[tuple[str, int]]:
    """Topics and codes of the sockets that were told to close."""
    return [(event.topic, event.code) for event in events if isinstance(event, SocketsClosed)]


def audited() -> list[str]:
    """The actions in the audit, oldest first."""
    return list(AuditEvent.objects.order_by("n").values_list("action", flat=True))
