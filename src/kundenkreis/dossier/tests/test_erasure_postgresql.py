"""After an erasure a PostgreSQL server has nothing of somebody: in no row of either database, no dump
and no file of the installation, and in none of its own files but its log.

What the log (`pg_wal`) and base backups keep is the operator's; see `docs/operation/README.md`.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from kundenkreis.dossier.tests.people import Planted, plant
from kundenkreis.dossier.tests.test_erasure import _hits, erased
from kundenkreis.kernel import journal
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import BOTH
from tools import postgresql

pytestmark = [
    pytest.mark.django_db(databases=BOTH, transaction=True),
    pytest.mark.skipif(
        "postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="files of PostgreSQL"
    ),
]


@pytest.fixture(autouse=True)
def _empty_register() -> Iterator[None]:
    journal.path(Side.CRM).unlink(missing_ok=True)
    yield
    journal.path(Side.CRM).unlink(missing_ok=True)


def asked(side: Side, sql: str) -> list[tuple[str, ...]]:
    with connections[side.alias].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def server_files() -> dict[str, list[Path]]:
    """The files of the server, its log apart; skipped where they are on another machine."""
    ((name,),) = asked(Side.CRM, "SHOW data_directory")
    folder = Path(name)
    if not os.access(folder, os.R_OK | os.X_OK):
        pytest.skip(f"the server's files ({folder}) cannot be read from here")
    for side in Side:
        # What was learned of values, as it is on a server that looks after itself.
        asked(side, "ANALYZE")
    asked(Side.CRM, "CHECKPOINT")
    files = [path for path in folder.rglob("*") if path.is_file()]
    log = [path for path in files if path.is_relative_to(folder / "pg_wal")]
    return {"data": [path for path in files if path not in log], "log": log}


def owners(hits: dict[str, str]) -> dict[str, str]:
    """The tables and indexes whose files have hits, by what the server calls these."""
    named = {}
    for side in Side:
        sql = "SELECT pg_relation_filenode(oid)::text, relname FROM pg_class"
        named |= {node: f"{side} {name}" for node, name in asked(side, sql)}
    return {place: named.get(place.partition(" ")[0].partition(".")[0], "?") for place in hits}


def rows(found: Planted) -> list[str]:
    """The tables of both databases in which one of their words stands, system's own too."""
    hits = []
    for side in Side:
        tables = asked(
            side,
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('information_schema')",
        )
        for (table,) in tables:
            said = "\n".join(str(row) for row in asked(side, f"SELECT t::text FROM {table} t"))  # noqa: S608
            if any(word.casefold() in said.casefold() for word in found.words.values()):
                hits.append(f"{side}: {table}")
    return hits


def dumps(tmp_path: Path) -> list[Path]:
    """Both databases as `pg_dump` writes them."""
    programs, files = postgresql.installed(), []
    if programs is None or not (programs / "pg_dump").exists():
        return []
    for side in Side:
        known = connections[side.alias].settings_dict
        file = tmp_path / f"{side}.sql"
        place = [str(known[name]) for name in ("HOST", "PORT", "USER", "NAME")]
        command = [str(programs / "pg_dump"), "-h", place[0], "-p", place[1], "-U", place[2]]
        subprocess.run(
            [*command, "-f", str(file), place[3]],
            env={**os.environ, "PGPASSWORD": str(known["PASSWORD"])}, check=True,
        )  # fmt: skip
        files.append(file)
    return files


def installation() -> list[Path]:
    folders = [Path(one) for one in settings.DATA_FOLDERS]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_g03_no_row_dump_or_file_of_the_installation_says_anything_of_them(tmp_path: Path) -> None:
    found = plant()
    before = dumps(tmp_path)
    assert rows(found)  # the controls
    assert installation()
    assert len(_hits(before, found)) > 10 or not before
    erased(found)
    assert rows(found) == []
    assert _hits([*dumps(tmp_path), *installation()], found) == {}


def test_g03_no_file_of_the_server_but_its_log_says_anything_of_them() -> None:
    # Of a table that is empty now, ANALYZE lets stand what it learned before.
    found, _other = plant(), plant()
    before = server_files()
    assert _hits(before["data"], found)  # the controls
    assert _hits(before["log"], found)
    erased(found)
    after = server_files()
    assert owners(_hits(after["data"], found)) == {}
    # Its log may keep it for a while, until the server uses those files again; operators are told.
