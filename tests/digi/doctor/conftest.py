import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command

from digi.management.doctor.findings import Finding, Level


@pytest.fixture
def faults() -> Callable[..., list[Finding]]:
    """What is wrong by one examination, each with what mends it; what is fine is left out."""

    def look(examine, *given) -> list[Finding]:
        found = [one for one in examine(*given) if one.level is not Level.FINE]
        assert all(one.mend for one in found)
        return found

    return look


@pytest.fixture
def doctor() -> Callable[..., tuple[int, dict]]:
    """Run the command; its exit code and what it says as JSON."""

    def run(**options) -> tuple[int, dict]:
        out, code = StringIO(), 0
        try:
            call_command("doctor", json=True, stdout=out, **options)
        except SystemExit as end:
            code = end.code
        return code, json.loads(out.getvalue())

    return run
