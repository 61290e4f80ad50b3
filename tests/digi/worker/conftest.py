import pytest

from digi.worker import queue


@pytest.fixture
def queue_file(tmp_path, settings, monkeypatch):
    """A queue of this test's own; what is asked for in this process reaches a worker that has the same file."""
    settings.DIGI_QUEUE = tmp_path / "queue.sqlite3"
    _fresh()
    monkeypatch.setattr(queue, "_coming", {})
    yield settings.DIGI_QUEUE
    _fresh()


def _fresh() -> None:
    queue.huey.cache_clear()
    queue._wake_up.cache_clear()
