"""Whose answer may change by time alone: what a store of wake-ups must know about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.lookups import GreaterThanOrEqual, IsNull

from kundenkreis.kernel.conditions.intervals import interval
from kundenkreis.kernel.conditions.kinds import Kind
from kundenkreis.kernel.conditions.periods import Fixed, Moment
from kundenkreis.kernel.conditions.sql import NEVER, all_of, any_of, end_value, node_q
from kundenkreis.kernel.conditions.tree import All, Any, Compare, Node, Not

if TYPE_CHECKING:
    from kundenkreis.kernel.conditions.vocabulary import Field, Vocabulary


def pending_q(node: Node, vocabulary: Vocabulary, moment: Moment) -> Q:
    """The rows for which `evaluate` may announce a change; never fewer, seldom more."""
    match node:
        case All() | Any():
            # A part that decides the group and will never change by itself settles the matter.
            undecided = isinstance(node, All)
            parts = [(child, pending_q(child, vocabulary, moment)) for child in node.children]
            open_ = [
                node_q(child, vocabulary, moment, wanted=undecided) | pending
                for child, pending in parts
            ]
            return any_of([pending for _, pending in parts]) & all_of(open_)
        case Not():
            return pending_q(node.child, vocabulary, moment)
        case Compare():
            return _compare(vocabulary.field(node.field), node, moment)
    return vocabulary.type_of(node).pending(node, moment)


def _compare(field: Field, node: Compare, moment: Moment) -> Q:
    if field.kind not in (Kind.DATE, Kind.DATETIME) or node.op in ("empty", "not_empty"):
        return NEVER
    low, high = interval(field.kind, node.op, node.value)
    if all(end is None or isinstance(end, Fixed) for end in (low, high)):
        return NEVER
    if low is None:
        return Q(IsNull(field.sql, False))
    return Q(GreaterThanOrEqual(field.sql, end_value(field, low, moment)))
