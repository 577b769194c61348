"""What a formula is made of: a tree of frozen values, each knowing where it stands in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

MOST_SIGNS = 2_000
DEEPEST = 40  # brackets and functions within each other
MOST_LEVELS = 120  # of the tree, in which every operator is one

NUMBER, MONEY, TEXT, DATE, BOOLEAN = "number", "money", "text", "date", "boolean"
Value = Decimal | str | bool | object | None  # a day besides; None is empty


@dataclass(frozen=True, slots=True)
class Sort:
    """What values are: `currency` of amounts, empty for that of the record; `words` are all that a
    text of a choice can be."""

    name: str
    currency: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the formula itself."""

    value: Decimal | str | bool
    at: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """The value of a field of the record: `value_minor`, `custom__size`."""

    name: str
    at: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A function or an operator with what it works on."""

    name: str
    parts: tuple[Node, ...]
    at: int = 0


Node = Literal | Field | Call


def calls_in(node: Node) -> Iterator[Call]:
    """All functions and signs of a formula."""
    if isinstance(node, Call):
        yield node
        for part in node.parts:
            yield from calls_in(part)


def fields_in(node: Node) -> Iterator[Field]:
    """Every mention of a field, in order."""
    if isinstance(node, Field):
        yield node
    elif isinstance(node, Call):
        for part in node.parts:
            yield from fields_in(part)
