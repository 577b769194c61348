"""The databases of tests, made once: migrations take longer than most tests.

What they made is kept under `var/test` and copied for every later process, as long as nothing has
changed that could make it another one: any Python file of the product, the versions of what they
run on.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from shutil import copyfile
from typing import Any

import psycopg

from tools import postgresql

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "test" / "databases"
Settings = dict[str, Any]


def key(sources: Path = ROOT / "src") -> str:
    """What the databases follow from, as a name."""
    digest = hashlib.sha256()
    digest.update(f"{sys.version}|{sqlite3.sqlite_version}|{version('django')}".encode())
    for file in sorted(sources.rglob("*.py")):
        if file.name.startswith("test_"):
            continue
        for said in (str(file.relative_to(sources)).encode(), file.read_bytes()):
            digest.update(len(said).to_bytes(8) + said)
    return digest.hexdigest()[:32]


def prepare(settings: dict[str, Settings]) -> bool:
    """Put what was kept where tests will look for it; whether there was any."""
    found, name = False, key()
    for alias, one in settings.items():
        kept = _kept(alias, name, one)
        if kept.exists() and (_copied(kept, one) if _is_file(one) else _restored(kept, one)):
            found, one["TEST"]["MIGRATE"] = True, False
    return found


def keep(connections: Iterable[Any]) -> None:
    """Keep what migrations have made just now, and nothing older."""
    name = key()
    KEPT.mkdir(parents=True, exist_ok=True)
    for connection in filter(_is_made, connections):
        one = connection.settings_dict
        kept = _kept(connection.alias, name, one)
        part = kept.with_suffix(f".{os.getpid()}")
        if _is_file(one):
            connection.ensure_connection()
            with closing(sqlite3.connect(part)) as target:
                connection.connection.backup(target)
            part.replace(kept)
        elif _run("pg_dump", one, "--format", "custom", "--file", str(part), one["NAME"]):
            part.replace(kept)
    for old in KEPT.iterdir():
        if not old.name.startswith(name):
            old.unlink(missing_ok=True)


def forget(settings: dict[str, Settings]) -> None:
    """Delete the copies that a process has used."""
    for one in settings.values():
        name = one["TEST"]["NAME"]
        if not _is_file(one):
            _on_server(one, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            continue
        for file in Path(name).parent.glob(f"{Path(name).name}*"):
            file.unlink(missing_ok=True)


def _is_file(one: Settings) -> bool:
    return str(one["ENGINE"]).endswith("sqlite3")


def _is_made(connection: Any) -> bool:
    """Whether migrations made this database for tests: neither a copy, nor one nobody asked for."""
    one = connection.settings_dict
    return one["NAME"] == one["TEST"]["NAME"] and bool(one["TEST"]["MIGRATE"])


def _kept(alias: str, name: str, one: Settings) -> Path:
    return KEPT / f"{name}-{alias}.{'sqlite3' if _is_file(one) else 'dump'}"


def _copied(kept: Path, one: Settings) -> bool:
    try:
        copyfile(kept, one["TEST"]["NAME"])
    except FileNotFoundError:  # another process has made newer ones
        return False
    return True


def _restored(kept: Path, one: Settings) -> bool:
    name = one["TEST"]["NAME"]
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    _on_server(one, drop, f'CREATE DATABASE "{name}"')
    if _run("pg_restore", one, "--exit-on-error", "--no-owner", "--dbname", name, str(kept)):
        return True
    _on_server(one, drop)
    return False


def _on_server(one: Settings, *statements: str) -> None:
    with psycopg.connect(
        host=one["HOST"], port=one["PORT"], user=one["USER"], password=one["PASSWORD"],
        dbname="postgres", autocommit=True,
    ) as server:  # fmt: skip
        for statement in statements:
            server.execute(statement.encode())


def _run(program: str, one: Settings, *options: str) -> bool:
    """Whether one of PostgreSQL's programs could do it; where there is none, migrations do."""
    folder = postgresql.installed()
    if folder is None or not (folder / program).exists():
        return False
    where = ["--host", one["HOST"], "--port", str(one["PORT"]), "--username", one["USER"]]
    done = subprocess.run(
        [str(folder / program), *where, *options],
        env={**os.environ, "PGPASSWORD": one["PASSWORD"]},
        capture_output=True,
        check=False,
    )
    return done.returncode == 0
