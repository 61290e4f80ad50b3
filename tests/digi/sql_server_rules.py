"""What SQL Server refuses or answers wrongly, as rules over the text and the parameters of its statements."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlglot
from sqlglot import exp

MOST_PARAMETERS = 2050  # of 2100; the driver takes a few
MOST_ROWS = 1000  # of an INSERT's VALUES
MANGLED = (bytes, bytearray, memoryview, Decimal, float, timedelta)  # where the backend declares them for a GROUP BY
_PLACES = re.compile(r"%%|%s")
_LIMIT = re.compile(r"\bLIMIT\s+[\d%]", re.IGNORECASE)
_PREDICATES = (exp.Predicate, exp.Connector, exp.Not)
_PLACES_OF_CONDITIONS = (exp.Where, exp.Having, exp.Join, exp.CheckColumnConstraint, exp.Check)


def statement_complaints(text: str, parameters: Sequence[Any] = ()) -> Iterator[str]:
    """What stands against a statement as the backend sends it, `%s` in the place of each parameter."""
    if len(parameters) > MOST_PARAMETERS:
        yield f"{len(parameters)} parameters"
    if "GROUP BY" in text:
        yield from (f"GROUP BY with a parameter of {type(one).__name__}" for one in parameters if _mangled(one))
    if _LIMIT.search(text):
        yield "LIMIT"
    try:
        trees = sqlglot.parse(_filled(text), read="tsql")
    except sqlglot.errors.SqlglotError as error:
        yield f"cannot be read: {str(error).splitlines()[0]}"
        return

    for tree in trees:
        if tree is not None:
            yield from _tree_complaints(tree)


def _mangled(value: Any) -> bool:
    return isinstance(value, MANGLED)


def _filled(text: str) -> str:
    """The statement with a name in the place of each parameter, as it would be sent."""
    return _PLACES.sub(lambda found: "%" if found[0] == "%%" else "@p", text)


def _tree_complaints(tree: exp.Expression) -> Iterator[str]:
    for node in tree.walk():
        if isinstance(node, exp.AggFunc) and not isinstance(node, exp.RowNumber) and node.find(exp.Select):
            yield f"{node.sql_name()} over a subquery"
        elif isinstance(node, exp.AggFunc) and any(_inside(node.this, exp.AggFunc)):
            yield f"{node.sql_name()} over an aggregate"
        elif isinstance(node, exp.Group) and (node.find(exp.Select) or node.find(exp.AggFunc)):
            yield "GROUP BY of a subquery or an aggregate"
        elif isinstance(node, _PREDICATES) and not _is_condition(node):
            yield f"a condition as a value: {node.sql('tsql')[:60]}"
        elif isinstance(node, exp.Select):
            yield from _select_complaints(node)
        elif isinstance(node, exp.Values) and len(node.expressions) > MOST_ROWS:
            yield f"{len(node.expressions)} rows at once"


def _inside(node: Any, kind: type[exp.Expression]) -> Iterator[exp.Expression]:
    if isinstance(node, exp.Expression):
        yield from node.find_all(kind)


def _is_condition(node: exp.Expression) -> bool:
    """Does it stand where SQL Server takes a condition and no value?"""
    child, parent = node, node.parent
    while isinstance(parent, exp.Paren | exp.Connector | exp.Not | exp.Escape):
        child, parent = parent, parent.parent
    if isinstance(parent, exp.If):
        return parent.this is child
    is_assignment = isinstance(child, exp.EQ) and isinstance(parent, exp.Update | exp.SetItem)
    return parent is None or is_assignment or isinstance(parent, _PLACES_OF_CONDITIONS)


def _select_complaints(select: exp.Select) -> Iterator[str]:
    order, offset = select.args.get("order"), select.args.get("offset")
    if offset is not None and order is None:
        yield "OFFSET without ORDER BY"
    if order is None:
        return

    keys = [key.this for key in order.expressions]
    if isinstance(select.parent, exp.Subquery | exp.In | exp.Exists | exp.CTE) and not _is_cut(select):
        yield "ORDER BY in a subquery without TOP or OFFSET"
    if select.args.get("distinct") is not None:
        given = {one.unalias().sql() for one in select.expressions} | {one.alias_or_name for one in select.expressions}
        for key in keys:
            if isinstance(key, exp.Literal):
                continue
            if key.find(exp.Parameter) or (key.sql() not in given and key.name not in given):
                yield f"DISTINCT ordered by what is not selected: {key.sql('tsql')[:60]}"
    if any(isinstance(key, exp.Literal) and key.is_string for key in keys):
        yield "ORDER BY a constant"


def _is_cut(select: exp.Select) -> bool:
    return any(select.args.get(name) is not None for name in ("limit", "offset"))
