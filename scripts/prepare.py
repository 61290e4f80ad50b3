"""Brings the database up to date and, in development, fills it with demo people and rooms; says where and who."""

import os
import sys
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

KEYS = Path(__file__).resolve().parent.parent / "var/encryption_keys"  # digi.settings makes it where none is given


def main() -> None:
    """All in one process: `make run` starts Django twice at most."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digi.settings")
    had_keys = KEYS.exists()
    django.setup()
    if KEYS.exists() and not had_keys:
        print(f"Keys were made: {KEYS}. Whoever loses them loses every message; no backup holds them.", flush=True)
    call_command("migrate", verbosity=0)
    accounts = StringIO()
    if settings.DEBUG:
        call_command("demo", stdout=accounts)
    print(f"Digi: {_address()}  {accounts.getvalue().strip()}", flush=True)


def _address() -> str:
    host = os.environ["DIGI_HOST"]
    everywhere = host in {"127.0.0.1", "0.0.0.0", "::", "::1"}  # noqa: S104 - named, not bound
    return f"http://{'localhost' if everywhere else host}:{os.environ['DIGI_PORT']}"


if __name__ == "__main__":
    main()
