"""The databases of tests, made once: migrations take longer than most tests.

What they made is kept under `var/test` and copied for every later process, as long as nothing has
changed that could make it another one: any Python file of the product, the versions of what they
run on. Only for SQLite, where a copy of a file is a database.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from shutil import copyfile
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "test" / "databases"


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


def prepare(settings: dict[str, dict[str, Any]]) -> bool:
    """Put what was kept where tests will look for it; whether there was any."""
    found, name = False, key()
    for alias, one in settings.items():
        if _is_file(one):
            try:
                copyfile(_kept(alias, name), one["TEST"]["NAME"])
            except FileNotFoundError:
                continue
            found, one["TEST"]["MIGRATE"] = True, False
    return found


def keep(connections: Iterable[Any]) -> None:
    """Keep what migrations have made just now, and nothing older."""
    name = key()
    KEPT.mkdir(parents=True, exist_ok=True)
    for connection in filter(_is_made, connections):
        kept = _kept(connection.alias, name)
        part = kept.with_suffix(f".{os.getpid()}")
        connection.ensure_connection()
        with closing(sqlite3.connect(part)) as target:
            connection.connection.backup(target)
        part.replace(kept)
    for old in KEPT.glob("*.sqlite3"):
        if not old.name.startswith(name):
            old.unlink(missing_ok=True)


def _is_made(connection: Any) -> bool:
    """Whether migrations made this database for tests: neither a copy, nor one nobody asked for."""
    one = connection.settings_dict
    return _is_file(one) and one["NAME"] == one["TEST"]["NAME"] and bool(one["TEST"]["MIGRATE"])


def forget(settings: dict[str, dict[str, Any]]) -> None:
    """Delete the copies that a process has used."""
    for one in filter(_is_file, settings.values()):
        path = Path(one["TEST"]["NAME"])
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink(missing_ok=True)


def _is_file(one: dict[str, Any]) -> bool:
    return one["ENGINE"].endswith("sqlite3") and bool(one["TEST"].get("NAME"))


def _kept(alias: str, name: str) -> Path:
    return KEPT / f"{name}-{alias}.sqlite3"
