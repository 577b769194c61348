"""What the columns of rows say, in the form in which the audit keeps it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db.models import CharField, Model, TextField

from kundenkreis.kernel import custom
from kundenkreis.kernel.fields import is_custom
from kundenkreis.kernel.record import Record


def plain(obj: Model, name: str) -> Any:
    """A field's value; relations by their key."""
    if is_custom(name):
        return custom.plain(obj, name)
    attribute, to_python = column(type(obj), name)
    return to_python(getattr(obj, attribute))


@lru_cache(maxsize=5_000)
def column(model: type[Model], name: str) -> tuple[str, Callable[[Any], Any]]:
    """Where a field's value is found, and how it is read from any form."""
    field = model._meta.get_field(name)
    return getattr(field, "attname", name), getattr(field, "to_python")  # noqa: B009 - relations lack it


def of_new(model: type[Model], rows: Sequence[Model]) -> list[dict[str, list[Any]]]:
    """For each new row what it has, `{field: [None, value]}` without empty ones."""
    found: list[dict[str, list[Any]]] = [{} for _row in rows]
    for name, attribute, to_python, text in _columns(model):
        # Column by column: most of them are empty in all rows.
        values = list(map(attrgetter(attribute), rows))
        if values.count("") + values.count(None) == len(values):
            continue
        for there, said in zip(values, found, strict=True):
            if there is None or there == "":
                continue
            value = there if text and type(there) is str else to_python(there)
            if value not in ("", {}, []):
                said[name] = [None, value]
    if issubclass(model, Record):
        for row, said in zip(rows, found, strict=True):
            said |= {name: [None, value] for name, value in custom.given(row).items()}
    return found


@lru_cache(maxsize=500)
def _columns(model: type[Model]) -> list[tuple[str, str, Callable[[Any], Any], bool]]:
    """The columns that say what a new row has: name, attribute, how a value is read, and whether
    a text is read as it is."""
    skip = {"id", "version", "custom", "created_at", "changed_at"}
    fields = [field for field in model._meta.concrete_fields if field.name not in skip]
    plain = (CharField.to_python, TextField.to_python)
    return [(one.name, *column(model, one.name), type(one).to_python in plain) for one in fields]
