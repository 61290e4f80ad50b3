"""Databases beside the tests' own, for backups to go into and come from."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, connections
from django.db.utils import load_backend

from chat.services import sealing
from tests.environment import DIRECTORY

SQLITE = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL;"}


def sqlite(path: Path) -> dict:
    """Settings of a SQLite file, there or not."""
    return {**connections.settings["default"], "ENGINE": "digi.sqlite", "NAME": str(path), "OPTIONS": SQLITE}


def migrated(path: Path) -> dict:
    """Settings of a new file with all tables and no rows: the tests' own database as it is now, if that is one."""
    emptied = connection.settings_dict["NAME"] if connection.vendor == "sqlite" else _empty()
    with closing(sqlite3.connect(emptied)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    return sqlite(path)


@cache
def _empty() -> Path:
    path = DIRECTORY / f"empty-{os.getpid()}.sqlite3"
    with using(sqlite(path)):
        call_command("migrate", verbosity=0)
    return path


@contextmanager
def postgres(name: str) -> Iterator[dict]:
    """Settings of a new database without tables beside the tests' own, on the same server; dropped at the end."""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield {**connection.settings_dict, "NAME": name}
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def using(config: dict) -> Iterator[None]:
    """Everything that asks for the database asks this one."""
    usual = connections["default"]
    other = load_backend(config["ENGINE"]).DatabaseWrapper(config, "default")
    connections["default"] = other
    _forget()
    try:
        yield
    finally:
        with suppress(Exception):
            other.rollback()
        other.close()
        connections["default"] = usual
        _forget()


def _forget() -> None:
    ContentType.objects.clear_cache()
    sealing.forget()
