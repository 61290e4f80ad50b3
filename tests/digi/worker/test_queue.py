"""What lies in the queue is believed by every process that knows the key it was signed with."""

import pytest

from digi.secrets import fresh
from digi.worker import queue
from tests.digi.worker.conftest import _fresh


@pytest.fixture
def waiting(queue_file, settings):
    """A wake-up that a process with these keys has asked for, as one with others reads it: `waiting(keys, others)`."""

    def ask(writing: list[str], reading: list[str]):
        settings.DIGI_ENCRYPTION_KEYS = writing
        _fresh()
        queue._wake_up()("mails")
        settings.DIGI_ENCRYPTION_KEYS = reading
        _fresh()
        queue._wake_up()
        return queue.huey().dequeue()

    return ask


def test_processes_in_the_midst_of_a_rotation_wake_each_other(waiting):
    old, new = fresh(32), fresh(32)

    for writing, reading in (([old], [old, new]), ([old, new], [new, old]), ([new, old], [old, new]), ([new], [new])):
        assert waiting(writing, reading).args == ("mails",)


def test_wake_up_that_a_stranger_has_signed_is_not_unpickled(waiting):
    with pytest.raises(ValueError, match="mismatch"):
        waiting([fresh(32)], [fresh(32), fresh(32)])
