import gc

import pytest

from digi.server.freezer import CROWD, Freezer


@pytest.fixture(autouse=True)
def _thawed():
    gc.unfreeze()
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_crowd_that_has_come_is_frozen_and_thawed_when_it_has_gone():
    freezer = Freezer()
    freezer.freeze(0)
    at_first = gc.get_freeze_count()
    crowd = [[] for _ in range(1000)]

    freezer.look(CROWD - 1)
    unchanged = gc.get_freeze_count()
    freezer.look(2 * CROWD)
    grown = gc.get_freeze_count()
    del crowd
    freezer.look(0)
    freezer.look(0)

    assert at_first > 10_000
    assert unchanged <= at_first
    assert grown >= at_first + 1000


def test_young_are_looked_through_when_more_have_come_than_a_batch_holds(settings):
    settings.DIGI_FAST = frozenset()
    Freezer().freeze(0)
    ordinary = gc.get_threshold()[0]
    settings.DIGI_FAST = frozenset({"freeze"})
    Freezer().freeze(0)

    assert (ordinary, gc.get_threshold()[0]) == (700, 20_000)


def test_cycles_among_the_frozen_go_when_most_have_left():
    class Knot:
        def __init__(self) -> None:
            self.own = self

        def __del__(self) -> None:
            gone.append(1)

    gone: list[int] = []
    freezer = Freezer()
    knot = Knot()
    freezer.look(10 * CROWD)
    del knot
    gc.collect()
    kept = list(gone)

    freezer.look(3 * CROWD)

    assert kept == []
    assert gone == [1]


def test_switch_keeps_it_from_freezing(settings):
    settings.DIGI_FAST = frozenset()

    Freezer().freeze(0)

    assert gc.get_freeze_count() == 0
