"""`python -m camera.agent --server URL --camera SLUG --token … --source …`: docs/protocols/camera.md."""

import asyncio
import logging
import signal
import sys
from contextlib import suppress

import av

from camera.agent.agent import Agent, TakenOver
from camera.agent.arguments import Arguments, read

TAKEN_OVER = 3  # exit status, after which nobody should start it again


def main() -> None:
    """Run until a signal ends it."""
    logging.basicConfig(format="camera: %(message)s", level=logging.INFO, stream=sys.stderr)
    av.logging.set_level(av.logging.FATAL)  # libav's own remarks on every lost packet
    arguments = read()
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(_serve(arguments))


async def _serve(arguments: Arguments) -> None:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - asyncio.run makes one
    with suppress(NotImplementedError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await Agent(address=arguments.address, token=arguments.token, source=arguments.source).run()
    except TakenOver:
        logging.getLogger("camera.agent").warning("Another agent publishes this camera now; this one ends.")
        sys.exit(TAKEN_OVER)


if __name__ == "__main__":
    main()
