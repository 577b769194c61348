"""The evaluator in the database: the tree as a `Q` that selects the rows it is true of.

SQL knows a third answer, "unknown"; conditions do not. Negation is therefore pushed down to the
leaves, where an unknown comparison counts as false before it is negated. Comparisons that are not
negated stay plain, so that indexes serve them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import reduce
from operator import and_, or_
from typing import Any as Whatever

from django.db.models import BooleanField, Case, Expression, F, Q, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    Lookup,
)

from kundenkreis.kernel.conditions.intervals import interval
from kundenkreis.kernel.conditions.kinds import Kind
from kundenkreis.kernel.conditions.periods import Bound, Interval, Moment
from kundenkreis.kernel.conditions.tree import All, Any, Compare, Node, Not
from kundenkreis.kernel.conditions.vocabulary import Field, Vocabulary
from kundenkreis.kernel.folding import Caseless, caseless
from kundenkreis.kernel.wordindex import having, lacking

NEVER = Q(pk__in=[])

_SIZES = {
    "is": Exact,
    "lt": LessThan,
    "lte": LessThanOrEqual,
    "gt": GreaterThan,
    "gte": GreaterThanOrEqual,
}


def to_q(tree: Node, vocabulary: Vocabulary, now: datetime, zone: tzinfo = UTC) -> Q:
    """The rows the tree is true of at the aware instant `now`, for `QuerySet.filter`."""
    return node_q(tree, vocabulary, Moment(now, zone))


def node_q(node: Node, vocabulary: Vocabulary, moment: Moment, *, wanted: bool = True) -> Q:
    """The rows the node is true of, or those it is false of if not `wanted`."""
    match node:
        case All() | Any():
            parts = [node_q(child, vocabulary, moment, wanted=wanted) for child in node.children]
            return all_of(parts) if isinstance(node, All) is wanted else any_of(parts)
        case Not():
            return node_q(node.child, vocabulary, moment, wanted=not wanted)
        case Compare():
            found = compare(vocabulary.field(node.field), node, moment)
            return found if wanted else _unless(found)
    found = vocabulary.type_of(node).q(node, moment)
    return found if wanted else ~found


def all_of(parts: list[Q]) -> Q:
    """True where every part is. (An empty `Q()` would vanish beside others.)"""
    return reduce(and_, parts) if parts else ~NEVER


def any_of(parts: list[Q]) -> Q:
    """True where at least one part is."""
    return reduce(or_, parts) if parts else NEVER


class Holds(Lookup):
    """An expression that is true or false, as a condition of its own.

    Django compares it with true on SQLite, which then looks at all of its parts instead of as far as
    the first that decides.
    """

    def as_sql(self, compiler: Whatever, connection: Whatever) -> Whatever:
        return compiler.compile(self.lhs)


def holds(expression: Expression) -> Q:
    """The rows of which an expression that is never unknown is true."""
    return Q(Holds(expression, True))


def _unless(found: Q) -> Q:
    """True where the condition is false or unknown."""
    return Q(Case(When(found, then=Value(False)), default=Value(True), output_field=BooleanField()))


def compare(field: Field, node: Compare, moment: Moment) -> Q:
    """One comparison; unknown where the value is missing."""
    if field.kind is Kind.WORDS:
        return _words(field, node)
    if node.op in ("empty", "not_empty"):
        return _empty(field) if node.op == "empty" else _unless(_empty(field))
    match field.kind:
        case Kind.TEXT:
            return _text(field, node)
        case Kind.DATE | Kind.DATETIME:
            return _within(field, interval(field.kind, node.op, node.value), moment)
        case Kind.NUMBER | Kind.TIME:
            return _size(field.sql, node.op, node.value, _form(field))
        case Kind.MONEY:
            return _money(field, node)
    return _equal(field.sql, node.op, node.value)


def _empty(field: Field) -> Q:
    missing = Q(IsNull(field.sql, True))
    if field.kind in (Kind.TEXT, Kind.CHOICE):
        return missing | Q(Exact(field.sql, Value("")))
    return missing


def _text(field: Field, node: Compare) -> Q:
    stored: Whatever = field.sql if field.exact else Caseless(field.sql)
    form = str if field.exact else caseless
    match node.op:
        case "contains":
            return Q(GreaterThan(StrIndex(stored, Value(form(node.value))), 0))
        case "starts_with":
            return Q(Exact(StrIndex(stored, Value(form(node.value))), 1))
        case "in" | "not_in":
            return _equal(stored, node.op, tuple(form(item) for item in node.value))
    return _equal(stored, node.op, form(node.value))


def _words(field: Field, node: Compare) -> Q:
    """Never unknown: a list without words is empty, and has none of any."""
    match node.op:
        case "has_any":
            return having(*field.words, node.value)
        case "has_all":
            return all_of([having(*field.words, (word,)) for word in node.value])
        case "has_none":
            return lacking(*field.words, node.value)
    none = lacking(*field.words)
    return none if node.op == "empty" else ~none


def _equal(stored: Expression | F, op: str, value: Whatever) -> Q:
    match op:
        case "is":
            return Q(Exact(stored, Value(value)))
        case "is_not":
            return Q(~Exact(stored, Value(value)))
        case "in":
            return Q(In(stored, list(value)))
    return Q(~In(stored, list(value)))


def _size(stored: Expression | F, op: str, value: Whatever, form: Whatever) -> Q:
    if op == "between":
        low, high = (Value(form(end)) for end in value)
        return Q(GreaterThanOrEqual(stored, low)) & Q(LessThanOrEqual(stored, high))
    if op == "is_not":
        return Q(~Exact(stored, Value(form(value))))
    return Q(_SIZES[op](stored, Value(form(value))))


def _money(field: Field, node: Compare) -> Q:
    if field.sql_currency is None:
        raise LookupError(f"money field {field.name} has no currency expression")
    first = node.value[0] if node.op == "between" else node.value
    same = Q(Exact(field.sql_currency, Value(first.currency)))
    return same & _size(field.sql, node.op, node.value, lambda money: money.minor)


def end_value(field: Field, bound: Bound, moment: Moment) -> Value:
    """A bound as a value the field's column compares with."""
    end = bound.instant(moment) if field.kind is Kind.DATETIME else bound.day(moment)
    return Value(_form(field)(end))


def _form(field: Field) -> Callable[[Whatever], Whatever]:
    """How a value is written to be compared with the field: values in JSON are plain."""
    form: Callable[[Whatever], Whatever] = getattr(field.sql, "form", lambda value: value)
    return form


def _within(field: Field, bounds: Interval, moment: Moment) -> Q:
    low, high = bounds
    parts = []
    if low is not None:
        parts.append(Q(GreaterThanOrEqual(field.sql, end_value(field, low, moment))))
    if high is not None:
        parts.append(Q(LessThan(field.sql, end_value(field, high, moment))))
    return all_of(parts)
