"""Rules of the code that import-linter cannot see."""

import ast
from pathlib import Path

import pytest

from tests.servers import ROOT

PACKAGES = ("digi", "chat", "thesis", "camera")
MODULES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts
)


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_defines_no_signal_of_its_own(path):
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]

    made = [call for call in calls if getattr(call, "id", getattr(call, "attr", "")) in {"Signal", "ModelSignal"}]

    assert made == []


@pytest.mark.parametrize("path", [path for path in MODULES if "services" in path.parts], ids=_name)
def test_services_are_synchronous(path):
    nodes = ast.walk(ast.parse(path.read_text()))

    assert [node.name for node in nodes if isinstance(node, ast.AsyncFunctionDef)] == []
