"""Alice, Bob and Charlie may read a thing; Erin is the outsider. The loopback may be called, where a receiver is."""

from ipaddress import ip_network

import pytest

from digi.environment import Places
from digi.notifications.services import notify
from digi.webhooks.services import webhooks
from tests.digi.notifications.conftest import (  # noqa: F401 - the same people and the same thing
    AUTHOR,
    _registered,
    alice,
    bob,
    charlie,
    erin,
    mine,
    outsider,
    thing,
)
from tests.digi.webhooks.receiver import Receiver
from tests.digi.worker.conftest import queue_file  # noqa: F401 - a queue of this test's own

LOOPBACK = Places(networks=(ip_network("127.0.0.0/8"),))


@pytest.fixture(autouse=True)
def _inside(settings):
    """A server in production, whose operator lets the loopback be called over plain http."""
    settings.DIGI_WEBHOOK_HTTP = True
    settings.DIGI_WEBHOOK_PORTS = frozenset()
    settings.DIGI_WEBHOOK_INTERNAL = LOOPBACK


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def hook(alice, receiver):  # noqa: F811
    """Alice's webhook; its secret is `hook.shown`."""
    made, secret = webhooks.create(owner=alice, url=receiver.url)
    made.shown = secret
    return made


@pytest.fixture
def tell(thing, alice, bob):  # noqa: F811
    """Tell Alice something about the thing; returns the notification."""
    return lambda **more: notify(**thing.told(**more), to={alice: AUTHOR.name}, actor=bob)[0]
