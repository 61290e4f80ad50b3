"""What serving.md saw SQL Server refuse or answer wrongly, as rules over models and source code."""

import ast
from collections.abc import Iterator

from django.db import models
from django.db.migrations.state import ModelState

LONGEST_TEXT = 4000
LONGEST_NAME = 59
LONGEST_KEY = 1700  # bytes of an index; of a primary key, by which the rows themselves are ordered, 900
LONGEST_OWN_KEY = 900
BY_LOCAL_TIME = {"date", "time", "iso_year", "quarter", "month", "week", "day", "hour", "minute"}
BY_LOCAL_TIME |= {"week_day", "iso_week_day"}
UNSUPPORTED_LOOKUPS = {"regex", "iregex", "search", "contained_by", "trigram_similar", "unaccent"}
DIFFERENT = {"NthValue", "JSONObject", "StringAgg", "BoolAnd", "BoolOr", "RawSQL", "SHA224", "SHA384", "Replace", "MD5"}
UNSUPPORTED_ARGUMENTS = {"ignore_conflicts", "update_conflicts"}


def model_complaints(state: ModelState) -> Iterator[str]:
    """What stands against a model's table, each with the model's name."""
    name = f"{state.app_label}.{state.name}"
    for field_name, field in state.fields.items():
        if isinstance(field, models.CharField) and (field.max_length or LONGEST_TEXT + 1) > LONGEST_TEXT:
            yield f"{name}.{field_name} holds more than {LONGEST_TEXT} characters; use a TextField"
        if isinstance(field, models.JSONField) and not _is_container(field):
            yield f"{name}.{field_name} may hold a bare value; SQL Server's check takes objects and lists"
    for names, longest in _keys(state):
        yield from (f"{name} {complaint}" for complaint in _key_complaints(names, longest, state))
    for index in state.options.get("indexes", ()):
        yield from (f"{name} {complaint}" for complaint in _index_complaints(index))
    for constraint in state.options.get("constraints", ()):
        yield from (f"{name} {complaint}" for complaint in _constraint_complaints(constraint, state))


def _is_container(field: models.JSONField) -> bool:
    """Is an empty one an object or a list? What has no default is given one each time."""
    return not field.has_default() or isinstance(field.get_default(), dict | list)


def _keys(state: ModelState) -> Iterator[tuple[list[str], int]]:
    """The fields of every index, and how many bytes they may have together."""
    for name, field in state.fields.items():
        if field.primary_key or field.unique or field.db_index:
            yield [name], LONGEST_OWN_KEY if field.primary_key else LONGEST_KEY
    for one in (*state.options.get("indexes", ()), *state.options.get("constraints", ())):
        if getattr(one, "fields", None):
            yield [name.lstrip("-") for name in one.fields], LONGEST_KEY
    for names in (*state.options.get("unique_together", ()), *state.options.get("index_together", ())):
        yield list(names), LONGEST_KEY


def _key_complaints(names: list[str], longest: int, state: ModelState) -> Iterator[str]:
    widths = {name: _width(state.fields[name]) for name in names}
    unbound = [name for name, width in widths.items() if width is None]
    if unbound:
        yield f"has an index over {unbound[0]}, which has no bound"
    elif (total := sum(filter(None, widths.values()))) > longest:
        yield f"has an index of {total} bytes over {', '.join(names)}; {longest} fit"


def _width(field: models.Field) -> int | None:
    """Bytes of a column at most; None where there is no bound."""
    if isinstance(field, models.CharField | models.FileField):
        return 2 * (field.max_length or LONGEST_TEXT)
    if isinstance(field, models.BinaryField):
        return field.max_length if isinstance(field.max_length, int) else None
    if isinstance(field, models.TextField | models.JSONField):
        return None
    return 32 if isinstance(field, models.UUIDField) else 10


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
        if isinstance(node, ast.Assign | ast.Return) and _function(node.value) == "bulk_create":
            yield f"line {node.lineno}: bulk_create gives keys in no promised order; use digi.sql.create"
        if isinstance(node, ast.Call):
            yield from (f"line {node.lineno}: {complaint}" for complaint in _call_complaints(node))
        elif isinstance(node, ast.ImportFrom) and node.module == "django.db.models.functions":
            for alias in node.names:
                if alias.name.startswith(("Trunc", "Extract")):
                    yield f"line {node.lineno}: {alias.name} ignores daylight saving; use explicit ranges"


def _function(node: ast.expr | None) -> str:
    return node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""


def _call_complaints(call: ast.Call) -> Iterator[str]:
    function = _function(call)
    for keyword in call.keywords:
        parts = (keyword.arg or "").split("__")
        if keyword.arg in UNSUPPORTED_ARGUMENTS:
            yield f"{keyword.arg} is unsupported"
        if function == "select_for_update" and keyword.arg == "of":
            yield "select_for_update(of=…) is unsupported"
        if len(parts) > 1 and UNSUPPORTED_LOOKUPS.intersection(parts[1:]):
            yield f"{keyword.arg} asks for what SQL Server does not know"
        if len(parts) > 1 and BY_LOCAL_TIME.intersection(parts[1:]):
            yield f"{keyword.arg} ignores daylight saving; use explicit ranges"
    if function == "distinct" and call.args:
        yield "distinct(…) on columns is unsupported"
    if function in {"raw", "extra"} and call.args and isinstance(call.args[0], ast.Constant | ast.JoinedStr):
        yield f"{function}(…) is SQL of one dialect; use digi.sql"
    if isinstance(call.func, ast.Name) and call.func.id in DIFFERENT:
        yield f"{call.func.id} is unsupported or answers otherwise"
