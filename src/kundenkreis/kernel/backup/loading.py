"""Bringing a database back: beside the one in use first, then in its place."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.db import DatabaseError, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from kundenkreis.kernel.backup.archive import PIECE
from kundenkreis.kernel.backup.errors import BackupRefused
from kundenkreis.kernel.models import AuditSeal, Cursor, LogRow
from kundenkreis.kernel.sides import Side, side_of_label

Migrations = Sequence[Sequence[str]]
# Apps that earlier versions had, and this one has not: what they left is dropped on the way.
GONE = frozenset({"sessions"})


def unknown(migrations: Migrations) -> list[str]:
    """What was migrated that this version does not know: a newer one did it."""
    known = MigrationLoader(None).disk_migrations
    ours = [(app, name) for app, name in migrations if app not in GONE]
    return [f"{app}.{name}" for app, name in ours if (app, name) not in known]


def is_empty(side: Side) -> bool:
    """Whether there is no installation yet."""
    connection = connections[side.alias]
    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists():
        return True
    with connection.cursor() as cursor:
        found = not connection.introspection.table_names(cursor)
    connection.close()
    return found


def create_schema(side: Side, schema: str) -> None:
    if connections[side.alias].vendor == "postgresql":
        _require_owner(side)
        _run(side, _text("CREATE SCHEMA {}", schema))


def _require_owner(side: Side) -> None:
    """Said before anything is read, not when all is done but the last step."""
    with connections[side.alias].cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = current_schema()"
        )
        found = cursor.fetchone()
    if found is None or not found[0]:
        raise BackupRefused(
            _("The database's schema belongs to somebody else."),
            _("A restore puts a new one in its place."),
            _("Let the owner of the database be the user of the product."),
        )


def drop_schema(side: Side, schema: str) -> None:
    if connections[side.alias].vendor == "postgresql":
        _run(side, _text("DROP SCHEMA IF EXISTS {} CASCADE", schema))


def migrate_to(side: Side, migrations: Migrations) -> None:
    """Make the tables of a server's database as they were."""
    done = {(app, name) for app, name in migrations if app not in GONE}
    executor = MigrationExecutor(connections[side.alias])
    graph = executor.loader.graph
    last = [one for one in done if not {child.key for child in graph.node_map[one].children} & done]
    executor.migrate(sorted(last))


@contextmanager
def rows(side: Side, about: Mapping[str, Any]) -> Iterator[Any]:
    """A function that takes a table's name and rows of it, as `COPY` gave them; all in one
    transaction, which ends with the block."""
    connection = connections[side.alias]
    with transaction.atomic(using=side.alias), connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        cursor.execute(f"TRUNCATE {_list(names)} CASCADE")

        def take(table: str, content: IO[bytes]) -> None:
            if table not in names:  # of an app that is gone
                return
            copying = f"COPY {_list([table])} ({_list(about['tables'][table])}) FROM STDIN"
            with connection.connection.cursor() as raw, raw.copy(copying) as copy:
                while data := content.read(PIECE):
                    copy.write(data)

        yield take
        for name, last in about["sequences"].items():
            cursor.execute("SELECT setval(%s::regclass, %s)", [f'"{name}"', last])
        _move_transactions(side, cursor)


def _move_transactions(side: Side, cursor: Any) -> None:
    """Numbers of transactions that this server has not reached yet would never be settled."""
    tables = [*(model._meta.db_table for model in logs(side)), AuditSeal._meta.db_table]
    tables.append(Cursor._meta.db_table)
    last = 0
    for table in tables:
        cursor.execute(_text("SELECT coalesce(max(tx), 0) FROM {}", table))
        last = max(last, cursor.fetchone()[0])
    cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    (horizon,) = cursor.fetchone()
    if last >= horizon:
        for table in tables:
            moving = _text("UPDATE {} SET tx = tx - %s", table)
            cursor.execute(moving, [last - horizon + 1])


def logs(side: Side) -> Collection[type[LogRow]]:
    """The tables of a side whose rows know their transaction."""
    found = (model for model in apps.get_models() if issubclass(model, LogRow))
    return [model for model in found if side_of_label(model._meta.app_label) in (None, side)]


def settle(side: Side, path: Path) -> None:
    """Leave a SQLite database in one file, on the disk."""
    if connections[side.alias].vendor != "sqlite":
        return
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def take_place(side: Side, path: Path, schema: str) -> None:
    """Put the restored database where the other is; nothing where that is done already."""
    if connections[side.alias].vendor == "sqlite":
        _take_file(path, Path(str(connections[side.alias].settings_dict["NAME"])))
    else:
        _take_schema(side, schema)


def _take_file(path: Path, target: Path) -> None:
    if not path.exists():
        return
    if target.exists():
        shutil.copymode(target, path)
    for ending in ("-wal", "-shm"):
        # The log of the other database must not be taken for this one's.
        target.with_name(target.name + ending).unlink(missing_ok=True)
        path.with_name(path.name + ending).unlink(missing_ok=True)
    path.replace(target)


def _take_schema(side: Side, schema: str) -> None:
    with transaction.atomic(using=side.alias), connections[side.alias].cursor() as cursor:
        cursor.execute("SELECT current_schema(), to_regnamespace(%s) IS NOT NULL", [schema])
        here, there = cursor.fetchone()
        if not there:
            return
        cursor.execute(_text("DROP SCHEMA {} CASCADE", here))
        cursor.execute(_text("ALTER SCHEMA {} RENAME TO {}", schema, here))
    _find_parts_of_words(side)


def _find_parts_of_words(side: Side) -> None:
    """The extension went with the schema that it was in; see `kernel.migrate.FullText`."""
    from kundenkreis.kernel.migrate import TRIGRAMS

    with suppress(DatabaseError), transaction.atomic(using=side.alias):
        _run(side, TRIGRAMS.replace("INDEX search_parts", "INDEX IF NOT EXISTS search_parts"))


def waiting_jobs(side: Side) -> int:
    """How many jobs are not done; asked so that tables of an older version answer, too."""
    with connections[side.alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_job WHERE state IN ('ready', 'running')")
        return int(cursor.fetchone()[0])


SESSIONS = "crm_accounts_session"


def end_sessions(side: Side) -> None:
    """Log everybody out; a backup of an older version has no such table yet, and brings nobody in."""
    if side is Side.CRM and SESSIONS in connections[side.alias].introspection.table_names():
        _run(side, _text("DELETE FROM {}", SESSIONS))


def _text(statement: str, *names: str) -> str:
    """A statement with names in it, as they have to be quoted."""
    return statement.format(*(_list([name]) for name in names))


def _list(names: Iterable[str]) -> str:
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)


def _run(side: Side, statement: Any) -> None:
    with connections[side.alias].cursor() as cursor:
        cursor.execute(statement, None)
