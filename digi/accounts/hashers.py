"""How passwords are kept."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.hashers import Argon2PasswordHasher

NICE = 15


def _step_back() -> None:
    """On Linux a thread has a niceness of its own; elsewhere it would be the whole process's."""
    if hasattr(os, "sched_setaffinity"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


_aside = ThreadPoolExecutor(2, thread_name_prefix="digi-hash", initializer=_step_back)


class Argon2(Argon2PasswordHasher):
    """Argon2id with 46 MiB, one pass and one lane, as OWASP's password storage cheat sheet has it.

    Django's eight lanes are eight threads, which for a tenth of a second take every core from who is chatting. Hashes
    made with other numbers are made anew at the next sign-in. It is counted in threads that give way to all others and
    are two, so that a rush of sign-ins takes neither the cores nor the memory.
    """

    time_cost = 1
    memory_cost = 47_104  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return _aside.submit(super().encode, password, salt).result()

    def verify(self, password: str, encoded: str) -> bool:
        return _aside.submit(super().verify, password, encoded).result()
