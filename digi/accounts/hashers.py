"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with 46 MiB, one pass and one lane, as OWASP's password storage cheat sheet has it.

    Django's eight lanes are eight threads, which for a tenth of a second take every core from who is chatting. Hashes
    made with other numbers are made anew at the next sign-in.
    """

    time_cost = 1
    memory_cost = 47_104  # KiB
    parallelism = 1
