"""When somebody else was faster: what was typed stays, and stands against the row as it is now."""

from typing import Any

from django import forms


def stands_against(form: forms.Form, row: Any) -> None:
    """Sent again, the form replaces what the row holds now: whoever sends it has seen both."""
    data = form.data.copy()  # type: ignore[attr-defined]
    data["version"] = str(row.version)
    form.data = data
