"""What a service has refused, said where it was asked for."""

from typing import Any

from django import forms

from digi.errors import DigiError, Stale


def show(form: forms.Form, error: DigiError) -> None:
    """Put a refusal to the field that it is about, where the form has it.

    Whoever sends the form again after a `Stale` has seen what stands there now: it carries the present version then.
    """
    field = error.extra.get("field")
    form.add_error(field if field in form.fields else None, str(error.message))
    if isinstance(error, Stale) and "version" in form.fields:
        sent: Any = form.data
        form.data = sent.copy()
        form.data["version"] = str(error.extra["version"])  # type: ignore[index]
