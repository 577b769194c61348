"""What the builder needs to know, and how it hands a tree back.

`describe` gives one JSON value per vocabulary; README.md explains it. `parse_form` reads the tree
from the fields of an ordinary form, so the builder works without a script; a script may as well
send the JSON of `codec` in one hidden field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING
from typing import Any as Whatever

from django.utils.translation import gettext as _

from kundenkreis.kernel.conditions.codec import load_node
from kundenkreis.kernel.conditions.errors import ConditionError
from kundenkreis.kernel.conditions.kinds import KIND_LABELS, OPERATORS, Kind, Operator
from kundenkreis.kernel.conditions.periods import Unit
from kundenkreis.kernel.conditions.tree import (
    MAX_DEPTH,
    MAX_NODES,
    MAX_VALUES,
    SCHEMA,
    Node,
)
from kundenkreis.kernel.conditions.vocabulary import Field, Vocabulary
from kundenkreis.kernel.conditions.wording import GROUPS, PERIODS, UNITS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Json = dict[str, Whatever]

MAX_PARTS = 5000


def describe(vocabulary: Vocabulary) -> Json:
    """Everything an editor offers for a vocabulary, in the active language, as JSON."""
    return {
        "v": SCHEMA,
        "vocabulary": vocabulary.name,
        "limits": {"depth": MAX_DEPTH, "nodes": MAX_NODES, "values": MAX_VALUES},
        "groups": [{"type": name, "label": str(label)} for name, label in GROUPS.items()],
        "kinds": {
            kind.value: {
                "label": str(KIND_LABELS[kind]),
                "operators": [_operator(op) for op in OPERATORS[kind]],
            }
            for kind in Kind
        },
        "units": [
            {"name": unit.value, "label": str(UNITS[unit]), "calendar": not unit.sliding}
            for unit in Unit
        ],
        "periods": [{"name": period.value, "label": str(text)} for period, text in PERIODS.items()],
        "fields": [_field(field) for field in vocabulary.fields],
        "families": [
            {
                "prefix": family.prefix,
                "label": str(family.label),
                "kinds": [kind.value for kind in family.kinds],
                "known": [
                    {"name": field.name, "label": str(field.label), "key": key, "kind": kind.value}
                    for key, kind in family.known()
                    if (field := family.field(f"{family.prefix}.{kind.value}.{key}"))
                ],
            }
            for family in vocabulary.families
        ],
        "nodes": [
            {"type": kind.kind, "label": str(kind.label), "inputs": kind.inputs()}
            for kind in vocabulary.node_types
        ],
        "other": _("Another …"),
    }


def suggested(names: Iterable[str], label: Callable[[str], StrOrPromise] = str) -> list[Json]:
    """Names an input of kind `text` suggests, each with its label; others may be typed."""
    return [{"value": name, "label": str(label(name))} for name in names]


def _operator(operator: Operator) -> Json:
    return {
        "name": operator.name,
        "label": str(operator.label),
        "operand": operator.operand.value,
    }


def _field(field: Field) -> Json:
    return {
        "name": field.name,
        "label": str(field.label),
        "kind": field.kind.value,
        "group": str(field.group),
        "help": str(field.help),
        "operators": [_operator(operator) for operator in field.allowed()],
        "choices": [{"value": c.value, "label": str(c.label)} for c in field.choices()],
    }


def parse_form(data: Mapping[str, Whatever], vocabulary: Vocabulary, prefix: str = "where") -> Node:
    """The tree from form fields named by their path, e.g. `where.children.0.field`.

    Raises `ConditionError` whose path is the name of the form field.
    """
    nested: Json = {}
    parts = [name for name in data if name == prefix or name.startswith(f"{prefix}.")]
    if len(parts) > MAX_PARTS:
        raise ConditionError(prefix, _("The condition has too many parts."))
    for name in parts:
        _put(nested, name.removeprefix(prefix).strip(".").split("."), data[name], name)
    return load_node(_lists(nested), vocabulary, prefix, form=True)


def _put(into: Json, path: list[str], value: Whatever, name: str) -> None:
    for key in path[:-1]:
        into = into.setdefault(key, {})
        if not isinstance(into, dict) or len(path) > 4 * MAX_DEPTH:
            raise ConditionError(name, _("This entry is not known here."))
    into[path[-1]] = value


def _lists(value: Whatever) -> Whatever:
    """Mappings whose keys are all numbers become lists, in the order of the numbers."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isascii() and key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(item) for key, item in value.items()}
