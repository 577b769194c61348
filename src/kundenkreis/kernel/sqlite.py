"""What SQLite lacks and the product needs: connection settings and Unicode-aware folding."""

from __future__ import annotations

from typing import Any

from django.db.backends.signals import connection_created

from kundenkreis.kernel import sorting

# How long the write-ahead log gets (64 MiB) before a commit moves it into the database itself.
WAL_PAGES = 16_384

# WAL + IMMEDIATE + a timeout: Django's defaults lose writes to "database is locked" under load.
# FULL: whatever we acknowledge survives a power cut.
OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
        "PRAGMA secure_delete=ON;"
        f"PRAGMA wal_autocheckpoint={WAL_PAGES};"
        "PRAGMA cache_size=-16000;PRAGMA temp_store=MEMORY"
    ),
}


def connect() -> None:
    """Register the product's SQL functions on every new SQLite connection."""
    connection_created.connect(_add_functions, dispatch_uid="kundenkreis.sqlite")


def _add_functions(*, connection: Any, **_: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function("kk_sorted", 1, sorting.in_sqlite, deterministic=True)
