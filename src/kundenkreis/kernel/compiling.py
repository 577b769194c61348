"""Queries as text, sooner: what is the same of a query each time is made once.

For every query Django works out anew which columns a model has, how what is read from them becomes
values of Python, and how an order by them is written. Of queries of nothing but a model's own
columns this is kept. Conditions, and with them who may read what, never are: they are compiled with
each query (0027).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from django.core.exceptions import FieldDoesNotExist
from django.db.backends.signals import connection_created
from django.db.models.expressions import Col
from django.db.models.sql.compiler import SQLCompiler

MOST = 2_000  # choices of columns, and orders of each; readers of lists choose some themselves


@dataclass(slots=True, eq=False, weakref_slot=True)
class Columns:
    """A model's own columns as a query selects them, and the orders by some of them."""

    select: list[Any]
    info: dict[str, Any]
    orders: dict[Any, list[Any]] = field(default_factory=dict)


_kept: dict[Any, Columns] = {}


class Compiler(SQLCompiler):
    """Django's compiler of queries that read, which remembers columns."""

    columns: Columns | None = None

    def compile(self, node: Any) -> Any:
        if type(node) is Col:  # most of what a query names, and written the same everywhere
            return node.as_sql(self, self.connection)
        return super().compile(node)

    def get_select(self, with_col_aliases: bool = False) -> Any:
        self.columns = None
        if with_col_aliases or not _plain(self.query):
            return super().get_select(with_col_aliases=with_col_aliases)
        names, others = self.query.deferred_loading
        # Django asks for the alias, too, and counts that.
        key = (self.query.model, self.query.get_initial_alias(), frozenset(names), others)
        found = _kept.get(key)
        if found is None:
            select, info, _annotations = super().get_select()
            found = _keep(_kept, key, Columns(select, info or {}))
        self.columns = found
        return found.select, {**found.info}, {}

    def get_converters(self, expressions: Any) -> Any:
        found = self.columns
        if found is None or len(expressions) != len(found.select):
            return super().get_converters(expressions)
        # They belong to the connection.
        kept = vars(self.connection).setdefault("kept_converters", WeakKeyDictionary())
        if found not in kept:
            kept[found] = super().get_converters(expressions)
        return kept[found]

    def get_order_by(self) -> Any:
        found, names = self.columns, self.query.order_by
        if found is None or not names or self.query.extra_order_by:
            return super().get_order_by()
        if not all(isinstance(name, str) for name in names):
            return super().get_order_by()
        key = (names, self.query.standard_ordering)
        if key in found.orders:
            return found.orders[key]
        order = super().get_order_by()
        if all(_own(self.query.model, str(name)) for name in names):
            _keep(found.orders, key, order)
        return order


def remember() -> None:
    """Let every new connection compile what it reads so."""
    connection_created.connect(_created, dispatch_uid="kundenkreis.compiling")


def _created(*, connection: Any, **_: Any) -> None:
    chosen: Callable[[str], Any] = connection.ops.compiler

    def compiler(name: str) -> Any:
        return Compiler if name == SQLCompiler.__name__ else chosen(name)

    if "compiler" not in vars(connection.ops):  # else it was connected before
        connection.ops.compiler = compiler


def _plain(query: Any) -> bool:
    """Whether a query reads nothing but columns of one table, and all that are not left out."""
    return (
        query.default_cols
        and not query.select_related
        and not query.annotations
        and not query.extra
        and query.selected is None
        and not query.combinator
        and not query.model._meta.parents
    )


def _own(model: Any, name: str) -> bool:
    """Whether an order names a column of the model itself, not one behind a relation."""
    plain = name.removeprefix("-")
    try:
        column = model._meta.pk if plain == "pk" else model._meta.get_field(plain)
    except FieldDoesNotExist:
        return False
    return bool(column.concrete) and not column.is_relation


def _keep[V](kept: dict[Any, V], key: Any, value: V) -> V:
    if len(kept) >= MOST:
        kept.clear()
    kept[key] = value
    return value
