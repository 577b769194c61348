"""Why, or why not? The tree with the answer and the actual value at every node."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any as Whatever

from kundenkreis.kernel.conditions.memory import evaluate
from kundenkreis.kernel.conditions.periods import Moment
from kundenkreis.kernel.conditions.tree import All, Any, Compare, Node, Not
from kundenkreis.kernel.conditions.vocabulary import Vocabulary
from kundenkreis.kernel.conditions.wording import say, shown


@dataclass(frozen=True, slots=True)
class Explanation:
    """One node's answer.

    `holds` is its answer, `text` its line in the reader's language, `actual` the value found (empty
    for groups), `changes_at` when time alone may change the answer, `decisive` whether it is a
    reason for the answer above it.
    """

    holds: bool
    text: str
    actual: str = ""
    children: tuple[Explanation, ...] = ()
    changes_at: datetime | None = None
    decisive: bool = True

    def reasons(self) -> list[Explanation]:
        """The lines without children that decide the whole, in the tree's order."""
        if not self.decisive:
            return []
        if not self.children:
            return [self]
        return [reason for child in self.children for reason in child.reasons()]


def explain(
    tree: Node, vocabulary: Vocabulary, facts: Whatever, now: datetime, zone: tzinfo = UTC
) -> Explanation:
    """The answer of every node about the facts, at the aware instant `now`."""
    return _explained(tree, vocabulary, facts, Moment(now, zone), decisive=True)


def _explained(
    node: Node, vocabulary: Vocabulary, facts: Whatever, moment: Moment, *, decisive: bool
) -> Explanation:
    holds, changes_at = evaluate(node, vocabulary, facts, moment)
    text, actual, children = say(node, vocabulary), "", []
    match node:
        case All() | Any() | Not():
            for child in node.inner():
                answer, _change = evaluate(child, vocabulary, facts, moment)
                counts = isinstance(node, Not) or answer is holds
                children.append(
                    _explained(child, vocabulary, facts, moment, decisive=decisive and counts)
                )
        case Compare():
            field = vocabulary.field(node.field)
            actual = shown(field, field.read(facts))
        case _:
            actual = vocabulary.type_of(node).actual(node, facts, moment)
    return Explanation(holds, text, actual, tuple(children), changes_at, decisive)
