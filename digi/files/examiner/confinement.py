"""A process that reads strangers' files gives up what it does not need before it reads the first byte."""

import os
import sys

MEMORY = 1_073_741_824  # bytes
OUTPUT = 33_554_432  # bytes of the answer: standard output is a file


def confine(seconds: int) -> None:
    """Bound this process's CPU seconds, memory, open files and what it writes, beyond its own power to change.

    Windows knows no such limits: there, the clock of whoever started the process is the only one.
    """
    if sys.platform == "win32":
        return
    import resource

    os.nice(5)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
