"""Everything that both sides hold about somebody, as data that anybody can read (GDPR Art. 15, 20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, QuerySet

from kundenkreis.crm.people.models import BlockingKey
from kundenkreis.crm.protection.models import Disclosure
from kundenkreis.dossier import erasing, places, sweeping
from kundenkreis.dossier.whose import Whose
from kundenkreis.dossier.words import called
from kundenkreis.kernel import clock, store
from kundenkreis.kernel.models import AuditChange, AuditEntry, IndexedWord, SearchDocument
from kundenkreis.kernel.record import secret_fields
from kundenkreis.kernel.sides import Side
from kundenkreis.records import registry
from kundenkreis.records.fields import LABELS

FORMAT = "kundenkreis-person-1"
# Copies of what stands elsewhere, made by the product to find it; and the export itself.
DERIVED: set[type[Model]] = {SearchDocument, IndexedWord, BlockingKey, AuditEntry, Disclosure}
HIDDEN = {"tx", "version", "digest", "salt"}
CHUNK = 2_000


def collect(w: Whose) -> dict[str, Any]:
    """All of it: per side the tables with their rows, what changed, and what is said elsewhere."""
    found: dict[str, Any] = {
        "format": FORMAT,
        "made_at": clock.now().isoformat(),
        "person": {"name": w.name, "number": w.person},
    }
    for side in Side:
        tables = [_table(model, rows) for model, rows in places.rows(side, w) if _is_told(model)]
        found[str(side)] = [table for table in tables if table["rows"]]
        found[f"{side}_history"] = list(_history(side, w))
    found["mentions"] = [
        {"in": called(model) or model._meta.label_lower, "text": text}
        for model, text in sweeping.mentions(w)
    ]
    return found


def count(found: dict[str, Any]) -> int:
    """How many rows there are."""
    tables = (table for side in Side for table in found[str(side)])
    return sum(len(table["rows"]) for table in tables) + len(found["mentions"])


def _is_told(model: type[Model]) -> bool:
    return model not in DERIVED and model is not AuditChange


def _table(model: type[Model], rows: QuerySet[Any]) -> dict[str, Any]:
    columns = [
        column
        for column in model._meta.concrete_fields
        if column.name not in HIDDEN and column.name not in secret_fields(model)
    ]
    found = list(rows.order_by("pk").iterator(CHUNK))
    names = {column: _names(column, found) for column in columns if column.related_model}
    return {
        "table": model._meta.label_lower,
        "called": called(model),
        "columns": {column.attname: _label(column) for column in columns},
        "rows": [
            {column.attname: _value(row, column, names.get(column)) for column in columns}
            for row in found
        ],
    }


def _names(column: Any, rows: list[Any]) -> dict[Any, str]:
    """What the records are called that a column names, all at once; some may be gone."""
    if registry.of_model(column.related_model) is None:
        return {}
    keys = {getattr(row, column.attname) for row in rows} - {None}
    there = column.related_model._default_manager.in_bulk(keys)
    return {key: str(one) for key, one in there.items()}


def _label(column: Any) -> str:
    kind = registry.of_model(column.related_model) if column.related_model else None
    return str(LABELS.get(column.name) or (kind.label if kind else column.verbose_name))


def _value(row: Any, column: Any, names: dict[Any, str] | None) -> Any:
    value = getattr(row, column.attname)
    if column.choices and value not in (None, ""):
        return str(getattr(row, f"get_{column.name}_display")())
    return f"{names[value]} #{value}" if names and value in names else value


def _history(side: Side, w: Whose) -> Iterator[dict[str, Any]]:
    """What was changed of them and their parts, oldest first."""
    rows = store.stored(side, AuditChange).select_related("entry")
    changed = rows.filter(entry__target__in=erasing.audited(side, w)).order_by("pk")
    for change in changed.iterator(CHUNK):
        entry = change.entry
        yield {
            "at": entry.at, "by": entry.actor, "command": entry.command, "action": entry.action,
            "of": entry.target, "fields": change.fields,
        }  # fmt: skip
