"""Alice, Bob and Charlie may read a thing; Erin is the outsider. Things, kinds and reasons are this folder's own."""

import uuid

import pytest
from django.test import Client

from digi.notifications import kinds
from digi.notifications.models import Timing
from digi.notifications.services import notify
from tests.digi.notifications.asking import Api


def sentence(told) -> str:
    """`Ravi and 2 others left 5 remarks`, as an app would say it with gettext."""
    others = f" and {told.others} others" if told.others else ""
    return f"{told.actor or 'Somebody'}{others} left {told.count} remarks"


REMARK = kinds.Kind(name="test.remark", label="Remarks", sentence=sentence, mail=Timing.INSTANT)
QUIET = kinds.Kind(
    name="test.quiet", label="Trifles", sentence=sentence, mail=Timing.OFF, browser=Timing.OFF, inbox=Timing.INSTANT
)
GRADE = kinds.Kind(name="test.grade", label="Grades", sentence=sentence, obligatory=True)
AUTHOR = kinds.Reason(name="test.author", sentence="because you wrote it")
NEIGHBOUR = kinds.Reason(name="test.neighbour", sentence="because you sit beside it", participating=False)


THINGS: dict[str, set[int]] = {}  # who may read a thing, by its name


class Thing:
    """Something that some people may read: `thing.name` is its target."""

    def __init__(self, *people) -> None:
        self.name = f"thing:{uuid.uuid4()}"
        self.readers = THINGS[self.name] = {person.pk for person in people}

    def told(self, **more) -> dict:
        """What `notify` needs, but for whom."""
        about = {"kind": REMARK.name, "target": self.name, "title": "A thing", "url": f"/things/{self.name[6:]}/"}
        return about | more


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    """The kinds, reasons and targets of the tests, for one test."""
    for kind in (REMARK, QUIET, GRADE):
        monkeypatch.setitem(kinds.kinds, kind.name, kind)
    for reason in (AUTHOR, NEIGHBOUR):
        monkeypatch.setitem(kinds.reasons, reason.name, reason)
    monkeypatch.setitem(kinds._targets, "thing", lambda name, ids: set(ids) & THINGS.get(name, set()))
    THINGS.clear()


@pytest.fixture
def alice(person):
    return person("alice", display_name="Alice Meyer")


@pytest.fixture
def bob(person):
    return person("bob", display_name="Bob Özil")


@pytest.fixture
def charlie(person):
    return person("charlie")


@pytest.fixture
def erin(person):
    """The outsider."""
    return person("erin")


@pytest.fixture
def thing(alice, bob, charlie):
    return Thing(alice, bob, charlie)


@pytest.fixture
def mine(client_for, alice) -> Api:
    """The API, asked by Alice."""
    return Api(client_for(alice))


@pytest.fixture
def outsider(client_for, erin) -> Api:
    return Api(client_for(erin))


@pytest.fixture
def page(client_for, alice) -> Client:
    """Alice's browser."""
    return client_for(alice)


@pytest.fixture
def tell(thing, alice, bob):
    """Tell Alice what Bob has done."""
    return lambda **more: notify(**thing.told(**more), to={alice: AUTHOR.name}, actor=bob)
