"""What somebody decided about an import, as it is kept with the transfer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kundenkreis.records.exchange.notation import Notation


class Mode(StrEnum):
    """What is done with rows that are no record yet, and with those that are."""

    CREATE = "create"
    UPDATE = "update"
    BOTH = "both"


class Rule(StrEnum):
    """What a value in the file does to that of an existing record.

    An empty cell changes nothing, except where the file is to be taken exactly.
    """

    SKIP = "skip"
    EMPTY = "empty"
    OVERWRITE = "overwrite"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Plan:
    """How rows become records.

    Parameters: `mapping` names a field for each column; `constants` are texts for every row;
    `keys` the names of what records are found by; `rules` by field, else `rule`; `makes` the fields
    whose unknown records are made; `left_out` the rows, and `declined` the fields of rows, that
    somebody does not want.
    """

    mapping: tuple[str, ...]
    notation: Notation = field(default_factory=Notation)
    constants: dict[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    mode: Mode = Mode.CREATE
    rule: Rule = Rule.OVERWRITE
    rules: Mapping[str, Rule] = field(default_factory=dict)
    makes: frozenset[str] = frozenset()
    left_out: frozenset[int] = frozenset()
    declined: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, asked: Mapping[str, Any], choices: Mapping[str, Any] | None = None) -> Plan:
        """The plan kept in a transfer, with the choices about its rows."""
        choices = choices or {}
        return cls(
            mapping=tuple(asked.get("mapping", ())),
            notation=Notation.of(asked),
            constants={name: text for name, text in asked.get("constants", {}).items() if text},
            keys=tuple(asked.get("keys", ())),
            mode=Mode(asked.get("mode", Mode.CREATE)),
            rule=Rule(asked.get("rule", Rule.OVERWRITE)),
            rules={name: Rule(rule) for name, rule in asked.get("rules", {}).items()},
            makes=frozenset(asked.get("makes", ())),
            left_out=frozenset(choices.get("left_out", ())),
            declined={
                int(number): frozenset(names)
                for number, names in choices.get("declined", {}).items()
            },
        )

    def rule_of(self, name: str) -> Rule:
        return self.rules.get(name, self.rule)

    def takes(self, number: int, name: str) -> bool:
        """Whether a field of a row is wanted."""
        return name not in self.declined.get(number, ())
