"""Migration operations the product needs."""

# ruff: noqa: S608 - all names are our own

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import DatabaseError, migrations, transaction

from kundenkreis.kernel import sorting
from kundenkreis.kernel.models import KIND_BITS, document_number


class FullText(migrations.RunPython):
    """The full-text indexes over `SearchDocument`: words by their beginnings, names by their parts.

    SQLite: FTS5 tables that triggers keep up to date. PostgreSQL: an index of its text search, and
    one of trigrams where the extension pg_trgm is to be had.
    """

    def __init__(self) -> None:
        super().__init__(_create_full_text, _drop_full_text)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [], {})


def _create_full_text(apps: Any, editor: Any) -> None:
    vendor = editor.connection.vendor
    for statement in _SQLITE if vendor == "sqlite" else _POSTGRESQL:
        editor.execute(statement, params=None)
    if vendor == "postgresql":
        # The server may lack the extension, or this user the right to it; parts of words are then
        # not searched for.
        with suppress(DatabaseError), transaction.atomic(using=editor.connection.alias):
            editor.execute(TRIGRAMS, params=None)


def _drop_full_text(apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "sqlite":
        for name in ("kernel_search_words", "kernel_search_parts"):
            editor.execute(f"DROP TABLE {name}")
    else:
        editor.execute("DROP INDEX IF EXISTS search_words, search_all, search_parts")


_DOCUMENT = "kernel_searchdocument"


def _followed(table: str, columns: tuple[str, ...], tokenize: str) -> list[str]:
    """An FTS5 table over columns of the documents, and the triggers that keep it so."""
    names = ", ".join(columns)
    new, old = (", ".join(f"{row}.{name}" for name in columns) for row in ("new", "old"))
    add = f"INSERT INTO {table}(rowid, {names}) VALUES (new.id, {new});"
    drop = f"INSERT INTO {table}({table}, rowid, {names}) VALUES ('delete', old.id, {old});"
    content = f"content='{_DOCUMENT}', content_rowid='id'"
    differs = " OR ".join(f"old.{name} IS NOT new.{name}" for name in columns)
    changed = f"UPDATE OF {names} ON {_DOCUMENT} WHEN {differs}"
    return [
        f"CREATE VIRTUAL TABLE {table} USING fts5({names}, {content}, {tokenize})",
        f"CREATE TRIGGER {table}_insert AFTER INSERT ON {_DOCUMENT} BEGIN {add} END",
        f"CREATE TRIGGER {table}_delete AFTER DELETE ON {_DOCUMENT} BEGIN {drop} END",
        f"CREATE TRIGGER {table}_update AFTER {changed} BEGIN {drop} {add} END",
    ]


_WORDS = "tokenize='unicode61 remove_diacritics 0', prefix='2 3'"
_SQLITE = [
    *_followed("kernel_search_words", ("words", "others"), _WORDS),
    *_followed("kernel_search_parts", ("name",), "tokenize='trigram'"),
]
_ALL = "to_tsvector('simple', words || ' ' || others)"
_POSTGRESQL = [
    f"CREATE INDEX search_words ON {_DOCUMENT} USING gin (to_tsvector('simple', words))",
    f"CREATE INDEX search_all ON {_DOCUMENT} USING gin ({_ALL})",
]
TRIGRAMS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm;"
    f"CREATE INDEX search_parts ON {_DOCUMENT} USING gin (name gin_trgm_ops)"
)


class SortNames(migrations.RunPython):
    """The function by which PostgreSQL sorts names; SQLite gets it with each connection."""

    def __init__(self) -> None:
        super().__init__(self._create, self._drop)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [], {})

    def _create(self, apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(sorting.in_postgresql(), params=None)

    def _drop(self, apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute("DROP FUNCTION kk_sorted(text)")


class IndexReach(migrations.RunPython):
    """Index whose each document is, where full-text search has found it: for SQLite, which reads
    rows one by one. PostgreSQL reads them page by page."""

    def __init__(self) -> None:
        super().__init__(self._create, self._drop)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [], {})

    def _create(self, apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "sqlite":
            columns = "id, kind, row, owner_id, team_id"
            editor.execute(f"CREATE INDEX search_reach ON {_DOCUMENT} ({columns})")

    def _drop(self, apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "sqlite":
            editor.execute("DROP INDEX search_reach")


class NumberDocuments(migrations.RunPython):
    """Give each search document the number that kind and record make, and let the index follow."""

    def __init__(self) -> None:
        super().__init__(self._number, migrations.RunPython.noop)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [], {})

    def _number(self, apps: Any, editor: Any) -> None:
        with editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT kind FROM {_DOCUMENT}")
            kinds = [kind for (kind,) in cursor.fetchall()]
        if not kinds:
            return
        editor.execute(f"UPDATE {_DOCUMENT} SET id = -id")  # out of the way of the new ones
        for kind in kinds:
            number = f"row * {1 << KIND_BITS} + {document_number(kind)}"
            editor.execute(f"UPDATE {_DOCUMENT} SET id = {number} WHERE kind = %s", [kind])
        if editor.connection.vendor == "sqlite":
            for table in ("kernel_search_words", "kernel_search_parts"):
                editor.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")


class IndexLogOrder(migrations.RunPython):
    """Index `(tx, id)` of a log table on PostgreSQL; SQLite reads logs by id."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(self._create, self._drop)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.table], {})

    def _create(self, apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"CREATE INDEX {self.table}_order ON {self.table} (tx, id)")

    def _drop(self, apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP INDEX {self.table}_order")
