"""Brings the database up to date and, in development, fills it with demo people and rooms."""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    """Both in one process: `make run` starts Django twice at most."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digi.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    if settings.DEBUG:
        call_command("demo")


if __name__ == "__main__":
    main()
