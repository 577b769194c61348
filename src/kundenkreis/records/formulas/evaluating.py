"""The value of a formula for one record. Whatever cannot be worked out is empty, never an error."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Context, Decimal, localcontext
from typing import Any

from kundenkreis.records.formulas.functions import FUNCTIONS
from kundenkreis.records.formulas.tree import Call, Field, Literal, Node

EXACT = 40  # digits that are kept on the way
_COMPARED = Context(prec=30)  # so that a third, three times, is one
_CONTEXT = Context(prec=EXACT, Emax=10_000, Emin=-10_000)

Read = Callable[[str], Any]


def evaluate(node: Node, read: Read) -> Any:
    """The value, reading fields by `read`: a Decimal (money in major units), text, day or truth.

    A division by zero is empty, and so is what has an empty part; a condition without an answer
    counts as no.
    """
    with localcontext(_CONTEXT):
        return _value(node, read)


def _value(node: Node, read: Read) -> Any:
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Field):
        return read(node.name)
    assert isinstance(node, Call)  # noqa: S101 - there is nothing else
    parts = [_value(part, read) for part in node.parts]
    function = FUNCTIONS.get(node.name)
    if function is None:
        return _operate(node.name, parts)
    if not function.empties and None in parts:
        return None
    return _tried(function.work, parts)


def _operate(name: str, parts: list[Any]) -> Any:
    match name:
        case "and":
            return all(part is True for part in parts)
        case "or":
            return any(part is True for part in parts)
        case "not":
            return parts[0] is not True
        case "&":
            return "".join(part for part in parts if part is not None) or None
    if name in _COMPARISONS:
        parts = [_COMPARED.plus(part) if isinstance(part, Decimal) else part for part in parts]
    return None if None in parts else _tried(_OPERATORS[name], parts)


def _tried(work: Callable[..., Any], parts: list[Any]) -> Any:
    try:
        return work(*parts)
    except (ArithmeticError, ValueError, TypeError):
        return None  # a division by zero, a day that does not exist, a number beyond all bounds


def _plus(one: Any, other: Any) -> Any:
    return one + timedelta(days=int(other)) if isinstance(one, date) else one + other


def _minus(one: Any, other: Any) -> Any:
    if isinstance(other, date):
        return Decimal((one - other).days)
    return one - timedelta(days=int(other)) if isinstance(one, date) else one - other


_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": _plus,
    "-": _minus,
    "*": operator.mul,
    "/": operator.truediv,
    "neg": operator.neg,
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
