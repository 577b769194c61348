"""What names a record, in every table of its side, and moving all of it to another record.

What is audited is written like any change, so that an undo finds it in the audit. Other rows, such
as the timeline's, are moved set-based, and the merge keeps which they were (`Moved`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import batched
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model, OneToOneField, QuerySet, UniqueConstraint
from django.db.models.constraints import CheckConstraint

from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor, Level
from kundenkreis.kernel.models import LogRow, Share
from kundenkreis.kernel.record import Record
from kundenkreis.kernel.transactions import current
from kundenkreis.records import registry
from kundenkreis.records.custom import definitions
from kundenkreis.records.declaration import RecordType
from kundenkreis.records.models import Mark

CHUNK = 500

# Which rows were moved without the audit: table, column, value before, value after, numbers.
Moved = tuple[str, str, Any, Any, list[int]]
# What a moved row says differently then, or None for one that goes with the record that goes: from
# the row, the column that named that record, and the one that stays.
Adjust = Callable[[Any, str, Any], Mapping[str, Any] | None]
ADJUST: dict[type[Model], Adjust] = {}
# Rows that name a record by its type and number, without a foreign key: columns of both.
NAMED: list[tuple[type[Model], str, str, Callable[[RecordType], str]]] = [
    (Mark, "kind", "row", lambda kind: kind.name),
    (Share, "subject", "row", lambda kind: kind.subject),
]
# Rows that name it in one text.
TEXTS: list[tuple[type[Model], str]] = []
# Tables of derived rows that are not audited; logs and marks never are.
UNAUDITED: set[type[Model]] = {Mark, Share}


def adjusting(model: type[Model]) -> Callable[[Adjust], Adjust]:
    """Say what becomes of a row of the model that is moved to a record it is part of."""

    def register(adjust: Adjust) -> Adjust:
        ADJUST[model] = adjust
        return adjust

    return register


def referring(model: type[Model]) -> list[ForeignKey[Any, Any]]:
    """Every foreign key to a model, of tables of its side."""
    return [
        field
        for other in apps.get_models()
        for field in other._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is model
    ]


def move(actor: Actor, kind: RecordType, gone: Any, kept: Any) -> tuple[int, list[Moved]]:
    """Let everything that names `gone` name `kept`.

    Returns how many rows that were, and those the audit does not know of. A row that would say the
    same twice stays with the record that goes.
    """
    mover = replace(actor, grants=MappingProxyType({"*.*.*": Level.ALL}), hidden={})
    count, moved = 0, list[Moved]()
    for field in referring(kind.model):
        if _is_audited(field.model):
            count += _audited(mover, field.model, field.name, gone, kept)
        else:
            done = _plain(field.model, field.attname, gone.pk, kept.pk, {field.attname: gone.pk})
            count, moved = count + sum(len(one[4]) for one in done), moved + done
    for other, name in _own_fields(kind):
        count += _audited(mover, other, name, gone, kept)
    for table, type_column, column, told in NAMED:
        where = {type_column: told(kind), column: gone.pk}
        if _is_audited(table):
            pks = _set(mover, store.rows(table).filter(**where), column, kept.pk)
            done = [(table._meta.label_lower, column, gone.pk, kept.pk, pks)] if pks else []
        else:
            done = _plain(table, column, gone.pk, kept.pk, where)
        count, moved = count + sum(len(one[4]) for one in done), moved + done
    for table, column in TEXTS:
        old, new = f"{kind.subject}:{gone.pk}", f"{kind.subject}:{kept.pk}"
        done = _plain(table, column, old, new, {column: old})
        count, moved = count + sum(len(one[4]) for one in done), moved + done
    return count, moved


def move_back(actor: Actor, moved: Iterable[Moved]) -> None:
    """Bring rows back that an undo does not find or leaves alone, as far as they still say what the
    merge made them say."""
    for table, column, before, after, pks in moved:
        model = apps.get_model(table)
        for some in batched(pks, CHUNK, strict=False):
            rows = store.rows(model).filter(pk__in=some, **{column: after})
            if _is_audited(model):
                _set(actor, rows, column, before)
            else:
                store.replace(rows, **{column: before})


def _audited(mover: Actor, model: type[Any], name: str, gone: Any, kept: Any) -> int:
    rows = store.rows(model).filter(**{name: gone.pk}).order_by("pk")
    count = 0
    for pks in batched(list(rows.values_list("pk", flat=True)), CHUNK, strict=False):
        locked = store.lock_many(model, pks).values()
        changes = [(row, values) for row in locked if (values := _changed(row, name, kept))]
        count += sum(store.change_many(mover, model, changes))
    return count


def _set(actor: Actor, rows: QuerySet[Any], column: str, value: Any) -> list[int]:
    """Change one column of audited rows; their numbers."""
    found: list[int] = []
    for pks in batched(list(rows.values_list("pk", flat=True)), CHUNK, strict=False):
        locked = store.lock_many(rows.model, pks).values()
        store.change_many(actor, rows.model, [(row, {column: value}) for row in locked])
        found += pks
    return found


def _is_audited(model: type[Model]) -> bool:
    return not issubclass(model, LogRow) and model not in UNAUDITED


def _changed(row: Any, name: str, kept: Any) -> dict[str, Any] | None:
    adjust = ADJUST.get(type(row))
    more = adjust(row, name, kept) if adjust else {}
    if more is None or _clashes(row, name, kept):
        return None
    value = kept.pk if name.startswith("custom__") else kept
    return {name: value, **more}


def _clashes(row: Any, name: str, kept: Any) -> bool:
    """Whether the row would break a rule of its table: be there twice, or name one record twice."""
    for rule in row._meta.constraints:
        if isinstance(rule, UniqueConstraint) and name in rule.fields:
            wanted = {one: getattr(row, one) for one in rule.fields} | {name: kept}
            if None not in wanted.values() and store.rows(type(row)).filter(**wanted).exists():
                return True
        elif isinstance(rule, CheckConstraint) and any(
            getattr(row, field.attname) == kept.pk
            for field in row._meta.concrete_fields
            if isinstance(field, ForeignKey)
            and field.name != name
            and field.related_model is type(kept)
        ):
            return True
    field = next((one for one in row._meta.concrete_fields if one.name == name), None)
    taken = isinstance(field, OneToOneField) or bool(field and field.unique)
    return taken and store.rows(type(row)).filter(**{name: kept}).exists()


def _plain(
    model: type[Any], column: str, before: Any, after: Any, where: Mapping[str, Any]
) -> list[Moved]:
    """Move rows that are not audited; those that would be there twice stay."""
    rows = store.rows(model).filter(**where)
    if _single(model, column) and store.rows(model).filter(**{column: after}).exists():
        return []
    twins = _twins(model, column, after, where)
    pks = [pk for pk in rows.order_by("pk").values_list("pk", flat=True) if pk not in twins]
    if not pks:
        return []
    for some in batched(pks, CHUNK, strict=False):
        store.replace(store.rows(model).filter(pk__in=some), **{column: after})
    kept = [after] if model._meta.pk.attname == column else pks
    kept = [pk if isinstance(pk, int) else str(pk) for pk in kept]  # a link id is no JSON
    return [(model._meta.label_lower, column, before, after, kept)]


def _single(model: type[Any], column: str) -> bool:
    return any(field.attname == column and field.unique for field in model._meta.concrete_fields)


def _twins(model: type[Any], column: str, after: Any, where: Mapping[str, Any]) -> set[int]:
    """The rows of which there would be a second one."""
    found: set[int] = set()
    for rule in model._meta.constraints:
        if not isinstance(rule, UniqueConstraint) or column not in rule.fields:
            continue
        rest = [name for name in rule.fields if name != column]
        there = set(store.rows(model).filter(**{**where, column: after}).values_list(*rest))
        mine = store.rows(model).filter(**where).values_list("pk", *rest)
        found |= {row[0] for row in mine if tuple(row[1:]) in there and None not in row[1:]}
    return found


def _own_fields(kind: RecordType) -> Iterator[tuple[type[Any], str]]:
    """Fields of the company's own that name records of the type."""
    for other in registry.TYPES.values():
        if other.side is kind.side and issubclass(other.model, Record):
            for one in definitions.in_use(other.model):
                if one.options.get("target") == kind.name and current().side is kind.side:
                    yield other.model, one.name
