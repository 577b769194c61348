"""The evaluator in memory: is the tree true of these facts, and until when at least?"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any as Whatever

from kundenkreis.kernel.conditions.intervals import interval
from kundenkreis.kernel.conditions.kinds import Kind
from kundenkreis.kernel.conditions.periods import DAY, Interval, Moment
from kundenkreis.kernel.conditions.tree import All, Any, Compare, Node, Not
from kundenkreis.kernel.conditions.vocabulary import Field, Vocabulary
from kundenkreis.kernel.folding import caseless
from kundenkreis.kernel.money import Money

_ORDER: Mapping[str, Callable[[Whatever, Whatever], bool]] = {
    "is": operator.eq,
    "is_not": operator.ne,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def matches(
    tree: Node, vocabulary: Vocabulary, facts: Whatever, now: datetime, zone: tzinfo = UTC
) -> bool:
    """Whether the tree is true of the facts at the aware instant `now`.

    `zone` is the company's, for calendar days.
    """
    return holds(tree, vocabulary, facts, Moment(now, zone))


def holds(node: Node, vocabulary: Vocabulary, facts: Whatever, moment: Moment) -> bool:
    """The same for a moment."""
    match node:
        case All():
            return all(holds(child, vocabulary, facts, moment) for child in node.children)
        case Any():
            return any(holds(child, vocabulary, facts, moment) for child in node.children)
        case Not():
            return not holds(node.child, vocabulary, facts, moment)
        case Compare():
            field = vocabulary.field(node.field)
            return compare(field, node, value_of(field, facts), moment)
    return vocabulary.type_of(node).holds(node, facts, moment)


def evaluate(
    node: Node, vocabulary: Vocabulary, facts: Whatever, moment: Moment
) -> tuple[bool, datetime | None]:
    """The answer, and the first instant after `moment.now` at which time alone may change it.

    None if it never does. A false part keeps a group of "all" false until all its false parts
    change, which spares most wake-ups; waking too early is allowed, too late is not.
    """
    match node:
        case All() | Any():
            # In a group of "all" the false ones decide, in one of "any" the true ones.
            decisive = isinstance(node, Any)
            found = [evaluate(child, vocabulary, facts, moment) for child in node.children]
            changes = [change for answer, change in found if answer is decisive]
            if changes:
                return decisive, None if None in changes else max(c for c in changes if c)
            return not decisive, min((c for _, c in found if c), default=None)
        case Not():
            answer, change = evaluate(node.child, vocabulary, facts, moment)
            return not answer, change
        case Compare():
            field = vocabulary.field(node.field)
            actual = value_of(field, facts)
            return compare(field, node, actual, moment), _next(field, node, actual, moment)
    kind = vocabulary.type_of(node)
    return kind.holds(node, facts, moment), kind.next_change(node, facts, moment)


def value_of(field: Field, facts: Whatever) -> Whatever:
    """The field's value in the form comparisons use; None when missing."""
    value = field.read(facts)
    if value is not None and field.kind is Kind.TEXT and not field.exact:
        return caseless(str(value))
    return value


def compare(field: Field, node: Compare, actual: Whatever, moment: Moment) -> bool:
    """One comparison; a missing value is only ever `empty`."""
    if field.kind is Kind.WORDS:
        return _words(node, {caseless(word) for word in actual or ()})
    if node.op in ("empty", "not_empty"):
        return (actual is None or actual == "") is (node.op == "empty")
    if actual is None:
        return False
    match field.kind:
        case Kind.TEXT:
            return _text(node.op, actual, node.value, caseless if not field.exact else str)
        case Kind.DATE | Kind.DATETIME:
            return within(actual, interval(field.kind, node.op, node.value), moment)
        case Kind.NUMBER | Kind.MONEY | Kind.TIME:
            return _size(node.op, actual, node.value)
    if node.op in ("in", "not_in"):
        return (actual in node.value) is (node.op == "in")
    return _ORDER[node.op](actual, node.value)


def _words(node: Compare, actual: set[str]) -> bool:
    if node.op in ("empty", "not_empty"):
        return bool(actual) is (node.op == "not_empty")
    wanted = {caseless(word) for word in node.value}
    match node.op:
        case "has_all":
            return wanted <= actual
        case "has_none":
            return not wanted & actual
    return bool(wanted & actual)


def _text(op: str, actual: str, value: Whatever, form: Callable[[str], str]) -> bool:
    match op:
        case "contains":
            return form(value) in actual
        case "starts_with":
            return actual.startswith(form(value))
        case "in" | "not_in":
            return (actual in {form(item) for item in value}) is (op == "in")
    return (actual == form(value)) is (op == "is")


def _size(op: str, actual: Whatever, value: Whatever) -> bool:
    if op == "between":
        return _size("gte", actual, value[0]) and _size("lte", actual, value[1])
    if isinstance(actual, Money):
        # Amounts in different currencies are not comparable: the comparison is false.
        same = actual.currency == value.currency
        return same and _ORDER[op](actual.minor, value.minor)
    return _ORDER[op](actual, float(value) if isinstance(actual, float) else value)


def within(actual: Whatever, bounds: Interval, moment: Moment) -> bool:
    """Whether an instant, a date or an ISO date lies in the interval."""
    low, high = bounds
    if isinstance(actual, datetime):
        return (low is None or low.instant(moment) <= actual) and (
            high is None or actual < high.instant(moment)
        )
    text = actual.isoformat() if isinstance(actual, date) else actual
    return (low is None or low.day(moment).isoformat() <= text) and (
        high is None or text < high.day(moment).isoformat()
    )


def leaves(actual: datetime | date, bounds: Interval, moment: Moment) -> datetime | None:
    """When a value next enters or leaves an interval that moves."""
    low, high = bounds
    if high is not None and not within(actual, (None, high), moment):
        return high.passes(actual, moment)  # still ahead
    if low is not None and within(actual, (low, None), moment):
        return low.passes(actual, moment)
    return None


def _next(field: Field, node: Compare, actual: Whatever, moment: Moment) -> datetime | None:
    moving = field.kind in (Kind.DATE, Kind.DATETIME) and node.op not in ("empty", "not_empty")
    if actual is None or not moving:
        return None
    low, high = interval(field.kind, node.op, node.value)
    if isinstance(actual, str):
        try:
            actual = date.fromisoformat(actual)
        except ValueError:  # looks like a date but is none, such as 31 February
            over = not within(actual, (low, None), moment)
            return None if over else moment.midnight(moment.today + DAY)
    return leaves(actual, (low, high), moment)
