"""The tree itself: frozen values without behaviour. Meaning is in `memory`, `sql`, `explaining`."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import dataclass

SCHEMA = 1
MAX_DEPTH = 8
MAX_NODES = 200
MAX_VALUES = 1000


class Node:
    """Anything that is true or false of a record. Contexts add their own as frozen dataclasses.

    Where one class serves several node types, the node's is named by its `node_type`.
    """

    __slots__ = ()

    def inner(self) -> tuple[Node, ...]:
        """The nodes directly below, evaluated on the same record."""
        return ()


@dataclass(frozen=True, slots=True)
class All(Node):
    """True when every child is true; true without children."""

    children: tuple[Node, ...] = ()

    def inner(self) -> tuple[Node, ...]:
        return self.children


@dataclass(frozen=True, slots=True)
class Any(Node):
    """True when at least one child is true; false without children."""

    children: tuple[Node, ...] = ()

    def inner(self) -> tuple[Node, ...]:
        return self.children


@dataclass(frozen=True, slots=True)
class Not(Node):
    """True when the child is false: plain negation of a two-valued result."""

    child: Node

    def inner(self) -> tuple[Node, ...]:
        return (self.child,)


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """Compares one field with a value.

    `field` is a name of the vocabulary, `op` an operator of the field's kind, `value` the operand
    in Python form (see `values`). A comparison with a missing value is false, also `is_not`;
    only `empty` is true of it.
    """

    field: str
    op: str
    value: typing.Any = None


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, top down."""
    yield node
    for child in node.inner():
        yield from walk(child)
