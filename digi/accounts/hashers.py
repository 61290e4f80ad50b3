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


_aside = ThreadPoolExecutor(1, thread_name_prefix="digi-hash", initializer=_step_back)


class Argon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane, as OWASP's password storage cheat sheet has it.

    Of the choices that it calls equally strong this one takes a third of the time of 46 MiB and one pass, most of
    which goes into getting memory from the system. Django's eight lanes are eight threads, which for a tenth of a
    second take every core from who is chatting. This is counted in one thread, which gives way to all others: forty
    sign-ins a second, and no rush of them takes the cores or the memory. Hashes made with other numbers are made anew
    at the next sign-in.
    """

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return _aside.submit(super().encode, password, salt).result()

    def verify(self, password: str, encoded: str) -> bool:
        return _aside.submit(super().verify, password, encoded).result()
