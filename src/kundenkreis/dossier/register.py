"""The register of erasures: which hashes were erased when, in a file outside of the databases.

A backup that is restored brings back whoever was erased since; before anything is served, the
register says who that is (`replaying`), and they are erased once more. It names nobody.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from kundenkreis.dossier.whose import Whose
from kundenkreis.kernel import tombstones
from kundenkreis.kernel.sides import Side


@dataclass(frozen=True, slots=True)
class Noted:
    """One erasure: the number the person had, and the hashes of what they went by per side."""

    person: int
    at: datetime
    digests: Mapping[Side, list[str]]


def path() -> Path:
    """Where it lies: in the crm's folder, beside its secret."""
    folder: Path = settings.FOLDERS[Side.CRM]
    return folder / "erasures.jsonl"


def note(w: Whose, names: Mapping[Side, set[str]], at: datetime) -> None:
    """Write an erasure down before it begins: one that is begun is never given up."""
    digests = {
        str(side): sorted(tombstones.digest(side, name) for name in found)
        for side, found in names.items()
    }
    line = json.dumps({"person": w.person, "at": at.isoformat(), "digests": digests})
    handle = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def noted() -> Iterator[Noted]:
    """Every erasure there was, the oldest first; a line that was cut short by a crash is skipped."""
    if not path().exists():
        return
    for line in path().read_text("utf-8").splitlines():
        try:
            said = json.loads(line)
        except json.JSONDecodeError:
            continue
        digests = {Side(side): list(found) for side, found in said["digests"].items()}
        yield Noted(int(said["person"]), datetime.fromisoformat(said["at"]), digests)
