"""`manage.py doctor`: what is wrong with a set-up, and what mends it, in words."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand

from digi.logs import scrub
from digi.management.doctor import addresses, database, deployment, files, machine, mail, people, redis, secrets, work
from digi.management.doctor.findings import Examination, Finding, Level, care, fault

SIGNS = {Level.FINE: "ok ", Level.CARE: "?  ", Level.FAULT: "!! "}


class Command(BaseCommand):
    help = "Say what is wrong with this set-up and what mends it. Leaves with 1 where something does not work."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mail", metavar="ADDRESS", default="", help="send a test mail there")
        parser.add_argument("--json", action="store_true", help="one JSON object, for programs")

    def handle(self, *args: Any, mail: str, json: bool, **options: Any) -> None:
        found: dict[str, list[Finding]] = {}
        for name, look in examinations(mail).items():
            found[name] = list(_findings(look, follows=_is_broken(found.get("database", []))))
        self.stdout.write(_as_json(found) if json else _as_text(found))
        if any(map(_is_broken, found.values())):
            sys.exit(1)


def examinations(address: str = "") -> dict[str, Examination]:
    """The parts, in the order in which they stand on each other."""
    return {
        "addresses": addresses.examine,
        "secrets": secrets.examine,
        "settings": deployment.examine,
        "machine": machine.examine,
        "database": database.examine,
        "keys": secrets.keys,
        "redis": redis.examine,
        "files": files.examine,
        "static files": files.static,
        "mail": partial(mail.examine, address),
        "work": work.examine,
        "cameras": work.cameras,
        "people": people.examine,
    }


def _findings(look: Examination, *, follows: bool) -> Iterator[Finding]:
    """What was found. A part that cannot even be looked at is a finding, too; no second one where it `follows`."""
    try:
        yield from look()
    except Exception as error:
        if follows:
            yield care("It was not looked at.", "Mend the database first.")
        else:
            yield fault(f"It could not be looked at: {type(error).__name__}: {scrub(str(error))}", "See the log.")


def _is_broken(findings: list[Finding]) -> bool:
    return any(one.level is Level.FAULT for one in findings)


def _as_text(found: dict[str, list[Finding]]) -> str:
    lines = []
    for name, findings in found.items():
        lines.append(name)
        for one in findings:
            lines.append(f"  {SIGNS[one.level]}{one.says}")
            if one.level is not Level.FINE and one.mend:
                lines.append(f"       {one.mend}")
    count = sum(one.level is Level.FAULT for findings in found.values() for one in findings)
    lines.append("")
    lines.append(f"{count} of these must be mended." if count else "Nothing must be mended.")
    return "\n".join(lines)


def _as_json(found: dict[str, list[Finding]]) -> str:
    parts = {name: [asdict(one) for one in findings] for name, findings in found.items()}
    return json.dumps({"ok": not any(map(_is_broken, found.values())), "parts": parts}, indent=2, ensure_ascii=False)
