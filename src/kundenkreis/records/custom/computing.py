"""What formulas say of a record: worked out with every write, and stored like any other value.

So lists filter, sort, group and export them as they do everything else. Whatever cannot be worked
out, or is too large for its type, is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import models

from kundenkreis.kernel.conditions import Kind
from kundenkreis.kernel.fields import is_custom
from kundenkreis.kernel.json_values import MOST_WHOLE
from kundenkreis.kernel.money import CURRENCY, to_major, to_minor
from kundenkreis.kernel.shapes import SHAPES
from kundenkreis.records.custom.types import FORMULA, TEXT_LENGTH
from kundenkreis.records.formulas.evaluating import evaluate
from kundenkreis.records.formulas.parsing import parse
from kundenkreis.records.formulas.tree import (
    BOOLEAN,
    DATE,
    MONEY,
    NUMBER,
    TEXT,
    Node,
    Sort,
    calls_in,
    fields_in,
)
from kundenkreis.records.kinds import DIRECTORY, kind_of

if TYPE_CHECKING:
    from kundenkreis.records.models import FieldDefinition

    Named = Mapping[str, FieldDefinition]

PLACES = 2
# A moment is left out: which day it is on depends on who asks.
SORTS = {
    Kind.NUMBER: NUMBER,
    Kind.MONEY: MONEY,
    Kind.TEXT: TEXT,
    Kind.CHOICE: TEXT,
    Kind.DATE: DATE,
    Kind.BOOLEAN: BOOLEAN,
}

tree = lru_cache(maxsize=500)(parse)


def sort_of(definition: FieldDefinition) -> Sort | None:
    """What a field holds for formulas; None for what they cannot use."""
    name = SORTS.get(definition.fieldtype.kind)
    if name is None:
        return None
    words = tuple(str(one["value"]) for one in definition.choices)
    return Sort(name, str(definition.options.get("currency") or ""), words)


def sort_of_column(column: models.Field[Any, Any]) -> Sort | None:
    """The same of a column of the model."""
    if column.name in DIRECTORY or column.primary_key:
        return None
    kind = kind_of(column)
    texts = isinstance(column, models.CharField | models.TextField)
    if kind not in SORTS or (kind in (Kind.TEXT, Kind.CHOICE) and not texts):
        return None
    return Sort(SORTS[kind], words=tuple(str(value) for value, _label in column.flatchoices))


def uses(definition: FieldDefinition) -> frozenset[str]:
    """The fields that a formula names; none for other fields."""
    if definition.type != FORMULA:
        return frozenset()
    return frozenset(one.name for one in fields_in(tree(definition.options["formula"])))


def of_the_day(definition: FieldDefinition) -> bool:
    """Whether a formula gives something else tomorrow."""
    if definition.type != FORMULA:
        return False
    return any(one.name == "today" for one in calls_in(tree(definition.options["formula"])))


def made_of(fields: Named) -> dict[str, frozenset[str]]:
    """All the fields that formulas are made of, also by way of other formulas."""
    found: dict[str, frozenset[str]] = {}
    for one in in_order(fields):
        if one.type == FORMULA:
            direct = uses(one)
            found[one.name] = direct.union(*(found.get(name, ()) for name in direct))
    return found


def in_order(fields: Named) -> list[FieldDefinition]:
    """The fields, each after those that it is made of."""
    done: dict[str, FieldDefinition] = {}

    def add(one: FieldDefinition, above: tuple[str, ...]) -> None:
        for name in sorted(uses(one)):
            if name in fields and name not in done and name not in above:
                add(fields[name], (*above, name))
        done.setdefault(one.name, one)

    for one in fields.values():
        add(one, (one.name,))
    return list(done.values())


def work(
    definition: FieldDefinition, model: type[models.Model], among: Named
) -> Callable[[Any], Any]:
    """How a record's value is worked out, as it is stored; None for none."""
    formula: Node = tree(definition.options["formula"])
    readers = {name: _reader(model, name, among) for name in uses(definition)}
    result, places = definition.options["result"], int(definition.options.get("places", PLACES))
    currency = str(definition.options.get("currency") or "")

    def worked_out(record: Any) -> Any:
        value = evaluate(formula, lambda name: readers[name](record))
        return _stored(value, result, places, currency or _currency(record))

    return worked_out


def _stored(value: Any, result: str, places: int, currency: str) -> Any:
    if value is None or value == "":
        return None
    try:
        match result:
            case "number":
                rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
                return SHAPES["number"].write(rounded)
            case "money":
                minor = to_minor(value, currency)
                return minor if abs(minor) < MOST_WHOLE else None
            case "text":
                return SHAPES["text"].write(value[:TEXT_LENGTH])
            case "date":
                return SHAPES["day"].write(value)
        return bool(value)
    except (ArithmeticError, ValueError):
        return None


def _reader(model: type[models.Model], name: str, among: Named) -> Callable[[Any], Any]:
    if not is_custom(name):
        return _column_reader(model, name)
    if (found := among.get(name)) is None:
        return lambda record: None
    shape, key, fixed = SHAPES[found.fieldtype.shape], found.key, sort_of(found)
    if fixed is not None and fixed.name == MONEY:
        return lambda record: _major(
            shape.read(record.custom.get(key)), fixed.currency or _currency(record)
        )
    return lambda record: shape.read(record.custom.get(key))


def _column_reader(model: type[models.Model], name: str) -> Callable[[Any], Any]:
    column: Any = model._meta.get_field(name)
    sort, python = sort_of_column(column), column.to_python
    attribute = str(column.attname)

    def read(record: Any) -> Any:
        value = python(getattr(record, attribute))
        if value is None or value == "":
            return None
        if sort is not None and sort.name == MONEY:
            return _major(value, _currency(record))
        return Decimal(str(value)) if sort is not None and sort.name == NUMBER else value

    return read


def _major(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else to_major(minor, currency)


def _currency(record: Any) -> str:
    return getattr(record, "currency", "") or CURRENCY


def circle(name: str, formula: Node, fields: Named) -> Iterator[str]:
    """The formulas by way of which a field would be made of itself."""
    made = made_of({key: one for key, one in fields.items() if key != name})
    for one in fields_in(formula):
        if one.name == name or name in made.get(one.name, ()):
            yield one.name
