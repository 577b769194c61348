"""Imports as tests make them: files are brought, read, checked and taken over in this process."""

from __future__ import annotations

from typing import Any

from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.testing import ANNA
from kundenkreis.records import working
from kundenkreis.records.declaration import RecordType
from kundenkreis.records.exchange import commands
from kundenkreis.records.exchange.reading import Row
from kundenkreis.records.exchange.table import Table
from kundenkreis.records.models import Transfer


def brought(kind: RecordType, *contents: str | bytes, viewer: Viewer = ANNA) -> Transfer:
    """Files that were chosen and read."""
    files = [
        (f"{n}.csv", [text.encode() if isinstance(text, str) else text])
        for n, text in enumerate(contents)
    ]
    return worked(kind, commands.start_import(kind, viewer, files), viewer)


def checked(
    kind: RecordType, transfer: Transfer, viewer: Viewer = ANNA, **decided: Any
) -> Transfer:
    """The same with every row checked; people get a source and a legal basis."""
    must = dict(zip(kind.exchange.must, ("Messe", "Contract or its preparation"), strict=False))
    commands.decide_import(kind, viewer, transfer, {"constants": must, **decided})
    return worked(kind, transfer, viewer)


def ran(kind: RecordType, transfer: Transfer, viewer: Viewer = ANNA) -> Transfer:
    """The same, taken over."""
    commands.run_import(kind, viewer, transfer)
    return worked(kind, transfer, viewer)


def worked(kind: RecordType, transfer: Transfer, viewer: Viewer = ANNA) -> Transfer:
    """What the worker does until there is something to decide, or nothing left."""
    while working.go_on(kind.side, transfer.pk, viewer.through("import")):
        pass
    transfer.refresh_from_db()
    return transfer


def counts(transfer: Transfer) -> dict[str, int]:
    """What became of the rows."""
    return {name: n for name, n in transfer.counts.items() if n}


def rows_of(kind: RecordType, transfer: Transfer) -> list[Row]:
    """The rows as they were read."""
    return list(Table(kind.side, transfer).rows())
