"""Indexes that come and go while the product runs, such as those over keys of a JSON column.

Each is made of the very expression that queries use; its name says what it is made of, so one that
a newer version of the product would make differently is replaced.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from zlib import crc32

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Index, Model

from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import unit_of_work

PREFIX = "kk_own_"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An index over fields of a model, custom ones too, that is known as `key`."""

    key: str
    model: type[Model]
    fields: tuple[str, ...]
    unique: bool = False

    def sql(self, connection: BaseDatabaseWrapper) -> str:
        """What makes it, with a name in place of `%s`."""
        index = Index(*(F(name) for name in self.fields), name="NAME")
        made = str(index.create_sql(self.model, connection.schema_editor(collect_sql=True)))
        made = made.replace('INDEX "NAME"', "INDEX %s", 1)
        return made.replace("CREATE INDEX", "CREATE UNIQUE INDEX", 1) if self.unique else made

    def name(self, connection: BaseDatabaseWrapper) -> str:
        return f"{PREFIX}{self.key}_{crc32(self.sql(connection).encode()):08x}"


def there(side: Side) -> set[str]:
    """The names of those that are there and in use."""
    connection = connections[side.alias]
    sql = _KNOWN_POSTGRESQL if connection.vendor == "postgresql" else _KNOWN_SQLITE
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"{PREFIX}%"])
        return {name for (name,) in cursor.fetchall()}


def missing(side: Side, wanted: Collection[Wanted]) -> list[Wanted]:
    """Those that are not there yet."""
    connection, have = connections[side.alias], there(side)
    return [one for one in wanted if one.name(connection) not in have]


def keep(side: Side, wanted: Collection[Wanted]) -> int:
    """Make what is missing and drop what nobody wants any more; returns how many that was.

    Must run outside of a transaction: PostgreSQL makes indexes beside running writes only there.
    Raises `IntegrityError` for a unique one over values that are not.
    """
    connection = connections[side.alias]
    names = {one.name(connection) for one in wanted}
    stale, new = there(side) - names, missing(side, wanted)
    for name in stale:
        _run(side, "DROP INDEX %s", name)
    for one in new:
        if connection.vendor == "postgresql":
            _run(side, "DROP INDEX IF EXISTS %s", one.name(connection))  # one that failed half-way
        _run(side, one.sql(connection), one.name(connection))
    if new and connection.vendor == "postgresql":
        for table in {one.model._meta.db_table for one in new}:
            _run(side, "ANALYZE %s", table)  # without it nothing is known of the new expressions
    return len(stale) + len(new)


def _run(side: Side, sql: str, name: str) -> None:
    connection = connections[side.alias]
    quoted = connection.ops.quote_name(name)
    beside = connection.vendor == "postgresql" and not connection.in_atomic_block
    if beside:
        with connection.cursor() as cursor:
            cursor.execute(_beside_writes(sql).replace("%s", quoted, 1))
        return
    with unit_of_work(side, "kernel.keep_indexes"), connection.cursor() as cursor:
        cursor.execute(sql.replace("%s", quoted, 1))


def _beside_writes(sql: str) -> str:
    return sql.replace(" INDEX ", " INDEX CONCURRENTLY ", 1)


_KNOWN_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE %s"
_KNOWN_POSTGRESQL = """
    SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indisvalid AND pg_table_is_visible(c.oid) AND c.relname LIKE %s
"""
