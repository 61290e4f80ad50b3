"""The real worker in a process of its own."""

import sys

from tests.servers import Process, database_url


class Worker(Process):
    """`manage.py worker` on this run's test database; a killed one lets go of its claims within `lease` seconds."""

    def __init__(self, *, queue, lease: int = 1, **environment: str) -> None:
        super().__init__(
            [sys.executable, "-m", "tests.digi.worker.program"],
            name="worker",
            environment={
                "DIGI_DATABASE_URL": database_url(),
                "DIGI_QUEUE": str(queue),
                "DIGI_WORKER_LEASE": str(lease),
                "DIGI_LOG_LEVEL": "INFO",
                **environment,
            },
        )
        self.starts = 0

    def start(self):
        self.starts += 1
        return super().start()

    def answers(self) -> bool:
        return self.output().count("the worker does") == self.starts
