"""What serving.md saw SQL Server refuse or answer wrongly, as rules over models and source code."""

import ast
from collections.abc import Iterator

from django.db import models
from django.db.migrations.state import ModelState

LONGEST_TEXT = 4000
LONGEST_NAME = 59
BY_LOCAL_TIME = {"date", "time", "iso_year", "quarter", "month", "week", "day", "hour", "minute"}
BY_LOCAL_TIME |= {"week_day", "iso_week_day"}
UNSUPPORTED_ARGUMENTS = {"ignore_conflicts", "update_conflicts"}


def model_complaints(state: ModelState) -> Iterator[str]:
    """What stands against a model's table, each with the model's name."""
    name = f"{state.app_label}.{state.name}"
    for field_name, field in state.fields.items():
        if isinstance(field, models.CharField) and (field.max_length or LONGEST_TEXT + 1) > LONGEST_TEXT:
            yield f"{name}.{field_name} holds more than {LONGEST_TEXT} characters; use a TextField"
    for index in state.options.get("indexes", ()):
        yield from (f"{name} {complaint}" for complaint in _index_complaints(index))
    for constraint in state.options.get("constraints", ()):
        yield from (f"{name} {complaint}" for complaint in _constraint_complaints(constraint, state))


def _index_complaints(index: models.Index) -> Iterator[str]:
    if index.expressions:
        yield f"index {index.name} is over an expression"
    if len(index.name) > LONGEST_NAME:
        yield f"index {index.name} has a name of {len(index.name)} characters"


def _constraint_complaints(constraint: models.BaseConstraint, state: ModelState) -> Iterator[str]:
    if len(constraint.name) > LONGEST_NAME:
        yield f"constraint {constraint.name} has a name of {len(constraint.name)} characters"
    if not isinstance(constraint, models.UniqueConstraint):
        return

    if constraint.expressions:
        yield f"constraint {constraint.name} is over an expression"
    if constraint.deferrable:
        yield f"constraint {constraint.name} is deferrable"
    if constraint.condition is not None:
        for field_name in constraint.fields:
            if state.fields[field_name].null and not _excludes_null(constraint.condition, field_name):
                yield f"constraint {constraint.name} needs {field_name}__isnull=False in its condition"


def _excludes_null(condition: models.Q, field_name: str) -> bool:
    if condition.connector != models.Q.AND or condition.negated:
        return False
    wanted = (f"{field_name}__isnull", False)
    return any(
        _excludes_null(child, field_name) if isinstance(child, models.Q) else child == wanted
        for child in condition.children
    )


def source_complaints(source: str) -> Iterator[str]:
    """What stands against queries in a module's source, each with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from (f"line {node.lineno}: {complaint}" for complaint in _call_complaints(node))
        elif isinstance(node, ast.ImportFrom) and node.module == "django.db.models.functions":
            for alias in node.names:
                if alias.name.startswith(("Trunc", "Extract")):
                    yield f"line {node.lineno}: {alias.name} ignores daylight saving; use explicit ranges"


def _call_complaints(call: ast.Call) -> Iterator[str]:
    function = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    for keyword in call.keywords:
        parts = (keyword.arg or "").split("__")
        if keyword.arg in UNSUPPORTED_ARGUMENTS:
            yield f"{keyword.arg} is unsupported"
        if function == "select_for_update" and keyword.arg == "of":
            yield "select_for_update(of=…) is unsupported"
        if len(parts) > 1 and BY_LOCAL_TIME.intersection(parts[1:]):
            yield f"{keyword.arg} ignores daylight saving; use explicit ranges"
    if function == "distinct" and call.args:
        yield "distinct(…) on columns is unsupported"
