"""Conditions: one typed tree for list filters, segments, automation, approvals and branches.

    tree = load(stored_json, VOCABULARY)          strict; errors name the path
    matches(tree, VOCABULARY, record, now)        in memory
    rows.filter(to_q(tree, VOCABULARY, now))      in the database; both always agree
    explain(tree, VOCABULARY, record, now)        why, or why not

Two rules settle what is usually left to chance. A comparison with a missing value is false (also
"is not"), only "is empty" is true of it; and "not" is plain negation. Texts compare by `caseless`.
README.md holds the JSON contracts for editors.
"""

from kundenkreis.kernel.conditions.codec import Reader, dump, dump_node, load, load_node
from kundenkreis.kernel.conditions.editor import describe, parse_form, suggested
from kundenkreis.kernel.conditions.errors import ConditionError
from kundenkreis.kernel.conditions.explaining import Explanation, explain
from kundenkreis.kernel.conditions.kinds import Kind, Operand, Operator
from kundenkreis.kernel.conditions.memory import evaluate, matches
from kundenkreis.kernel.conditions.pending import pending_q
from kundenkreis.kernel.conditions.periods import Duration, Moment, Period, Unit
from kundenkreis.kernel.conditions.sql import node_q, to_q
from kundenkreis.kernel.conditions.tree import All, Any, Compare, Node, Not, walk
from kundenkreis.kernel.conditions.vocabulary import (
    Choice,
    Family,
    Field,
    NodeType,
    Vocabulary,
    column,
)
from kundenkreis.kernel.conditions.wording import say, sentence
from kundenkreis.kernel.folding import Caseless, caseless

__all__ = [
    "All",
    "Any",
    "Caseless",
    "Choice",
    "Compare",
    "ConditionError",
    "Duration",
    "Explanation",
    "Family",
    "Field",
    "Kind",
    "Moment",
    "Node",
    "NodeType",
    "Not",
    "Operand",
    "Operator",
    "Period",
    "Reader",
    "Unit",
    "Vocabulary",
    "caseless",
    "column",
    "describe",
    "dump",
    "dump_node",
    "evaluate",
    "explain",
    "load",
    "load_node",
    "matches",
    "node_q",
    "parse_form",
    "pending_q",
    "say",
    "sentence",
    "suggested",
    "to_q",
    "walk",
]
