from tests.digi.worker.conftest import queue_file

__all__ = ["queue_file"]
