"""Prints fresh secrets for `.env`: `python -m digi.secrets`.

It reads no settings, since they refuse to load without these.
"""

import base64
import secrets
import sys

LENGTHS = {"DIGI_SECRET_KEY": 50, "DIGI_ENCRYPTION_KEYS": 32}  # bytes


def fresh(length: int) -> str:
    """`length` random bytes as URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(length)).decode()


if __name__ == "__main__":
    for name, length in LENGTHS.items():
        sys.stdout.write(f"{name}={fresh(length)}\n")
