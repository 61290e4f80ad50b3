"""A Redis layer that loses three batches in ten, doubles and reorders, while the file CHAOS_LAYER names is there."""

import asyncio
import os
import random
from pathlib import Path

from digi.realtime.connections import Layer

MARK = "CHAOS_LAYER"


class LossyLayer(Layer):
    """What a process publishes is treated badly; its echo to itself goes well, so that it does not know."""

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **options)
        self._dice = random.Random(os.getpid())
        self._mark = Path(os.environ[MARK])
        self._late: set[asyncio.Task] = set()

    async def group_send(self, group: str, message: dict) -> None:
        send = self.__getattr__("group_send")  # where the class it extends has it, too
        if not self._mark.exists():
            await send(group, message)
            return
        chance = self._dice.random()
        if chance < 0.3:
            self._count("lost")
            return
        if chance < 0.5:
            self._count("late")
            task = asyncio.create_task(self._wait_and(send, group, message))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            return
        await send(group, message)
        if chance > 0.8:
            self._count("doubled")
            await send(group, message)

    async def _wait_and(self, send, group: str, message: dict) -> None:
        await asyncio.sleep(self._dice.uniform(0.01, 0.3))
        await send(group, message)

    def _count(self, what: str) -> None:
        with self._mark.open("a") as file:
            file.write(what + "\n")
