"""What the process frees between things that stay goes back to the system."""

import platform
import subprocess
import sys

PROGRAM = """
import psutil
from digi import memory

def held() -> int:
    return psutil.Process().memory_info().rss // 2**20

memory.give_back()
lines = [bytes(30_000) for _ in range(4000)]
kept, lines[:] = lines[::400] + lines[-1:], []
full, gave, after = held(), memory.give_back(), held()
again = memory.give_back()
print(full, gave, after, again)
"""


def test_what_was_freed_between_what_stays_is_given_back_once():
    answer = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)

    full, gave, after, again = answer.stdout.split()

    if platform.libc_ver()[0] == "glibc":
        assert int(full) - int(after) > 80
        assert (gave, again) == ("True", "False")
    else:
        assert (gave, again) == ("False", "False")
