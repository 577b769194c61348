"""Fields that somebody must not know: rows come without them, as if they were empty.

Whatever is made from a row (a cell, a title, a card, a file) then says nothing of them. Fields of
which a row's name or its rights are made cannot be withheld; the types' declarations say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.db.models import (
    FETCH_PEERS,
    CharField,
    Field,
    JSONField,
    Model,
    Prefetch,
    QuerySet,
    TextField,
)
from django.db.models.fetch_modes import FetchMode
from django.db.models.query_utils import DeferredAttribute

from kundenkreis.kernel.fields import PREFIX, is_custom

CUSTOM = "custom"  # the column with the fields that the company has defined

Names = Mapping[type[Model], frozenset[str]]
Readable = Callable[[type[Model]], QuerySet[Any]]


class Withheld(FetchMode):
    """Gives an empty value wherever one is asked for that must not be known, also of related rows.

    `readable` gives the rows of another model that may be known: who has the number of one in a
    field of the company's own sees it only if it is among them.
    """

    __slots__ = ("_names", "readable")

    track_peers = True

    def __init__(self, names: Names, readable: Readable | None = None) -> None:
        self._names, self.readable = names, readable

    def fetch(self, fetcher: Any, instance: Model) -> None:
        names = self._names.get(type(instance), frozenset())
        if isinstance(fetcher, DeferredAttribute) and fetcher.field.name in names:
            instance.__dict__[fetcher.field.attname] = empty(fetcher.field)
            return
        FETCH_PEERS.fetch(fetcher, instance)
        if self._names and not isinstance(fetcher, DeferredAttribute):
            self._empty_related(fetcher, instance)
        elif fetcher.field.name == CUSTOM:
            for peer in [instance, *(known() for known in instance._state.peers)]:
                if peer is not None:
                    _empty(peer, names)

    def _empty_related(self, fetcher: Any, instance: Model) -> None:
        """What was just fetched for all rows of a result came whole."""
        for peer in [instance, *(known() for known in instance._state.peers)]:
            if peer is None or not fetcher.is_cached(peer):
                continue
            related: Model | None = fetcher.field.get_cached_value(peer)
            if related is not None:
                _empty(related, self._names.get(type(related), frozenset()))


def _empty(row: Model, names: frozenset[str]) -> None:
    for column in row._meta.concrete_fields:
        if column.name in names:
            row.__dict__[column.attname] = empty(column)
    if isinstance(own := row.__dict__.get(CUSTOM), dict):
        known = {key: value for key, value in own.items() if f"{PREFIX}{key}" not in names}
        row.__dict__[CUSTOM] = known


def empty(column: Field[Any, Any]) -> Any:
    """What a field without a value reads as; numbers and days that must be there too."""
    if column.null:
        return None
    if isinstance(column, JSONField):
        return column.get_default()
    return "" if isinstance(column, CharField | TextField) else None


def without[M: Model](
    rows: QuerySet[M], names: Names, readable: Readable | None = None
) -> QuerySet[M]:
    """The rows as they look to somebody who must not know these fields of each model."""
    columns = names.get(rows.model, frozenset())
    if columns:
        rows = rows.defer(*(CUSTOM if is_custom(name) else name for name in columns))
    return rows.fetch_mode(Withheld(names, readable))


def columns_of(model: type[Model], names: frozenset[str]) -> frozenset[str]:
    """Those of the names that are columns of the model, or fields the company has defined."""
    columns = {column.name for column in model._meta.concrete_fields}
    return frozenset(name for name in names if name in columns or is_custom(name))


@lru_cache(maxsize=200)
def parts(model: type[Model]) -> dict[str, type[Model]]:
    """Models whose rows are parts of a model's, by the accessor of these.

    A part stands for a field of what it belongs to, as an e-mail address does for "email": its
    model says `stands_for = "kind"`, the column that names that field.
    """
    return {
        str(relation.get_accessor_name()): relation.related_model
        for relation in model._meta.related_objects
        if not isinstance(relation.related_model, str) and stands_for(relation.related_model)
    }


def stands_for(model: type[Model]) -> str:
    """The column of a part that names the field it stands for; empty for what is no part."""
    return str(getattr(model, "stands_for", ""))


def fields_of_parts(model: type[Model]) -> frozenset[str]:
    """The fields that rows of a part's model may stand for."""
    choices: Any = model._meta.get_field(stands_for(model))
    return frozenset(value for value, _label in choices.flatchoices)


def without_parts[M: Model](rows: QuerySet[M], names: frozenset[str]) -> QuerySet[M]:
    """The rows with those parts only that stand for no field among the names."""
    for accessor, model in parts(rows.model).items():
        if hidden := fields_of_parts(model) & names:
            known = model._default_manager.exclude(**{f"{stands_for(model)}__in": hidden})
            rows = rows.prefetch_related(Prefetch(accessor, known))
    return rows


def fields_of(row: Model) -> list[tuple[type[Model], str]]:
    """Which fields of which records a part stands for; nothing for any other row."""
    name = stands_for(type(row))
    if not name:
        return []
    return [
        (column.related_model, str(getattr(row, name)))
        for column in row._meta.concrete_fields
        if isinstance(column.related_model, type)
        and type(row) in parts(column.related_model).values()
        and getattr(row, column.attname) is not None
    ]
