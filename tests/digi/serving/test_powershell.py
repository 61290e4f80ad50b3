"""run_daphne.ps1, read by a parser of PowerShell: there is none here to run it."""

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from tests.servers import ROOT

SCRIPT = ROOT / "run_daphne.ps1"


def _parsed(text: bytes) -> Node:
    return Parser(Language(tree_sitter_powershell.language())).parse(text).root_node


def _commands(node: Node) -> list[str]:
    here = [node.text.decode()] if node.type == "command" else []
    return here + [command for child in node.children for command in _commands(child)]


def test_script_is_powershell_and_stops_where_a_step_fails():
    text = SCRIPT.read_bytes()

    whole, broken = _parsed(text), _parsed(text.replace(b"{", b"", 1))

    assert not whole.has_error
    assert broken.has_error
    assert [command for command in _commands(whole) if command.startswith("python")] == [
        "python scripts/compile_messages.py",
        "python manage.py migrate --verbosity 0",
        "python run_daphne.py @args",
    ]
    assert text.count(b"if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }") == 2
    assert text.rstrip().endswith(b"exit $LASTEXITCODE")


def test_script_is_readable_by_powershell_of_windows():
    """PowerShell 5.1 takes a file without a byte order mark for the system's old encoding."""
    assert SCRIPT.read_bytes().isascii()
