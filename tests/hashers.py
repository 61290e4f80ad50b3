from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """One round: the servers that tests start can check what it made, as PBKDF2 stands in their settings."""

    iterations = 1
