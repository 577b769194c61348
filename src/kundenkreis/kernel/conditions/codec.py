"""Trees as JSON, strictly: unknown keys, fields, operators and shapes are refused with their path.

{"v": 1, "where": NODE}
NODE = {"type": "all" | "any", "children": [NODE, …]}
     | {"type": "not", "child": NODE}
     | {"type": "compare", "field": name, "op": operator, "value": operand}
     | {"type": one of the vocabulary's node types, …}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any as Whatever

from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions import values
from kundenkreis.kernel.conditions.errors import ConditionError
from kundenkreis.kernel.conditions.kinds import Kind, Operand
from kundenkreis.kernel.conditions.periods import Duration
from kundenkreis.kernel.conditions.tree import (
    MAX_DEPTH,
    MAX_NODES,
    MAX_VALUES,
    SCHEMA,
    All,
    Any,
    Compare,
    Node,
    Not,
)
from kundenkreis.kernel.conditions.vocabulary import Vocabulary

Json = dict[str, Whatever]


def load(data: Whatever, vocabulary: Vocabulary, *, form: bool = False) -> Node:
    """The tree of a stored or received definition. Raises `ConditionError` naming the place."""
    if not isinstance(data, dict) or set(data) != {"v", "where"}:
        raise ConditionError("", _("This is not a condition."))
    if data["v"] != SCHEMA or isinstance(data["v"], bool):
        raise ConditionError("v", _("This condition was made by another version of the product."))
    return load_node(data["where"], vocabulary, form=form)


def load_node(
    data: Whatever, vocabulary: Vocabulary, path: str = "where", *, form: bool = False
) -> Node:
    """The same for a bare node."""
    return _read(data, vocabulary, path, 1, _Budget(form))


def dump(node: Node, vocabulary: Vocabulary) -> Json:
    """The definition as JSON; `load` gives an equal tree."""
    return {"v": SCHEMA, "where": dump_node(node, vocabulary)}


def dump_node(node: Node, vocabulary: Vocabulary) -> Json:
    """The same for a bare node."""
    match node:
        case All() | Any():
            children = [dump_node(child, vocabulary) for child in node.children]
            return {"type": "all" if isinstance(node, All) else "any", "children": children}
        case Not():
            return {"type": "not", "child": dump_node(node.child, vocabulary)}
        case Compare():
            operator = vocabulary.field(node.field).operator(node.op)
            operand = operator.operand if operator else Operand.ONE
            value = values.dump_operand(operand, node.value)
            return {"type": "compare", "field": node.field, "op": node.op, "value": value}
    kind = vocabulary.type_of(node)
    return {"type": kind.kind, **kind.dump(node)}


@dataclass(slots=True)
class _Budget:
    form: bool
    nodes: int = MAX_NODES

    def spend(self, path: str, depth: int) -> None:
        self.nodes -= 1
        if self.nodes < 0:
            message = _("A condition may have at most %(n)d parts.") % {"n": MAX_NODES}
            raise ConditionError(path, message)
        if depth > MAX_DEPTH:
            message = _("Groups may lie at most %(n)d deep in each other.") % {"n": MAX_DEPTH}
            raise ConditionError(path, message)


class Reader:
    """Reads the parts of one node and remembers where it is and what it has seen."""

    __slots__ = ("_budget", "_data", "_depth", "_seen", "path", "vocabulary")

    def __init__(
        self, data: Json, vocabulary: Vocabulary, path: str, depth: int, budget: _Budget
    ) -> None:
        self.vocabulary, self.path = vocabulary, path
        self._data, self._depth, self._budget = data, depth, budget
        self._seen = {"type"}

    def at(self, name: str) -> str:
        return f"{self.path}.{name}"

    def raw(self, name: str, default: Whatever = None) -> Whatever:
        self._seen.add(name)
        found = self._data.get(name, default)
        return default if self._budget.form and found == "" else found

    def text(self, name: str, default: str | None = None) -> str:
        raw = self.raw(name, default)
        return raw if raw == default == "" else values.text(raw, self.at(name), 200)

    def integer(self, name: str, low: int, high: int, default: int | None = None) -> int:
        raw = self.raw(name, default)
        return values.integer(raw, self.at(name), low, high, form=self._budget.form)

    def flag(self, name: str, default: bool = False) -> bool:
        raw = self.raw(name, default)
        return bool(values.one(Kind.BOOLEAN, raw, self.at(name), form=self._budget.form))

    def one_of(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        found = self.raw(name, default)
        if not isinstance(found, str) or found not in allowed:
            raise ConditionError(self.at(name), _("Choose one of the list."))
        return found

    def integers(self, name: str, low: int, high: int) -> tuple[int, ...]:
        raw = self.raw(name)
        if not isinstance(raw, list) or len(raw) > MAX_VALUES:
            raise ConditionError(self.at(name), _("Choose from the list."))
        form, path = self._budget.form, self.at(name)
        found = {values.integer(item, path, low, high, form=form) for item in raw}
        return tuple(sorted(found))

    def duration(self, name: str) -> Duration | None:
        """A duration, or None for "ever"."""
        raw = self.raw(name)
        if raw is None or (self._budget.form and isinstance(raw, dict) and raw.get("n") == ""):
            return None
        return values.duration(raw, self.at(name), form=self._budget.form)

    def node(self, name: str, vocabulary: Vocabulary | None = None) -> Node:
        """A node below, on the same record unless another vocabulary is given."""
        return self._below(self.raw(name), name, vocabulary)

    def optional(self, name: str, vocabulary: Vocabulary) -> Node | None:
        raw = self.raw(name)
        chosen = not (self._budget.form and raw == {"type": ""})
        return self._below(raw, name, vocabulary) if raw is not None and chosen else None

    def nodes(self, name: str) -> tuple[Node, ...]:
        raw = self.raw(name)
        if not isinstance(raw, list):
            raise ConditionError(self.at(name), _("A list of conditions is missing here."))
        return tuple(self._below(item, f"{name}.{at}") for at, item in enumerate(raw))

    def finish(self) -> None:
        """Refuse what nobody asked for."""
        for name in self._data:
            if name not in self._seen:
                raise ConditionError(self.at(str(name)[:80]), _("This entry is not known here."))

    def _below(self, raw: Whatever, name: str, vocabulary: Vocabulary | None = None) -> Node:
        inside = vocabulary or self.vocabulary
        return _read(raw, inside, self.at(name), self._depth + 1, self._budget)

    def compare(self) -> Compare:
        """A comparison of a field with a value."""
        field = self.vocabulary.field(str(self.raw("field", ""))[:200], self.at("field"))
        operator = field.operator(str(self.raw("op", "")))
        if operator is None:
            raise ConditionError(self.at("op"), _("This field cannot be compared that way."))
        raw, form = self.raw("value"), self._budget.form
        value = values.load(field.kind, operator.operand, raw, self.at("value"), form=form)
        return Compare(field.name, operator.name, value)


def _read(data: Whatever, vocabulary: Vocabulary, path: str, depth: int, budget: _Budget) -> Node:
    budget.spend(path, depth)
    if not isinstance(data, dict):
        raise ConditionError(path, _("A condition is missing here."))
    reader = Reader(data, vocabulary, path, depth, budget)
    node = _node(str(data.get("type", ""))[:80], reader)
    reader.finish()
    return node


def _node(kind: str, reader: Reader) -> Node:
    match kind:
        case "all":
            return All(reader.nodes("children"))
        case "any":
            children = reader.nodes("children")
            if not children:
                raise ConditionError(reader.at("children"), _("Add at least one condition."))
            return Any(children)
        case "not":
            return Not(reader.node("child"))
        case "compare":
            return reader.compare()
    found = reader.vocabulary.by_kind.get(kind)
    if found is None:
        raise ConditionError(reader.at("type"), _("This kind of condition is not known here."))
    node: Node = found.load(reader)
    return node
