"""The register of erasures: which hashes were erased when, in the journal outside of the databases.

A backup that is restored brings back whoever was erased since; before anything is served, the
register says who that is (`replaying`), and they are erased once more. It names nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from kundenkreis.dossier.whose import Whose
from kundenkreis.kernel import journal, tombstones
from kundenkreis.kernel.sides import Side


@dataclass(frozen=True, slots=True)
class Noted:
    """One erasure: the number the person had, and the hashes of what they went by per side."""

    person: int
    at: datetime
    digests: Mapping[Side, list[str]]


def note(w: Whose, names: Mapping[Side, set[str]], at: datetime) -> None:
    """Write an erasure down before it begins: one that is begun is never given up."""
    digests = {
        str(side): sorted(tombstones.digest(side, name) for name in found)
        for side, found in names.items()
    }
    journal.note(Side.CRM, journal.ERASED, at, person=w.person, digests=digests)


def noted() -> Iterator[Noted]:
    """Every erasure there was, the oldest first."""
    for said in journal.entries(Side.CRM, journal.ERASED):
        digests = {Side(side): list(found) for side, found in said["digests"].items()}
        yield Noted(int(said["person"]), datetime.fromisoformat(said["at"]), digests)
