"""The second step: every row cleaned, compared across files and with the base, and settled.

Nothing is written to the base; everything is made anew from the files, so after a crash it begins
again. What comes out are files of lines that the page shows and the third step carries.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from kundenkreis.integrations.crm.folder import comparing, opening, sources
from kundenkreis.integrations.crm.folder.cleaning import Cleaner
from kundenkreis.integrations.crm.folder.comparing import BASE, Comparing
from kundenkreis.integrations.crm.folder.drafts import ORGANISATION, PERSON, Drafts, Writer
from kundenkreis.integrations.crm.folder.gathering import FOLDER
from kundenkreis.integrations.crm.folder.known import candidates, drafts_of, employers
from kundenkreis.integrations.crm.folder.linking import Linker
from kundenkreis.integrations.crm.folder.problems import Problems
from kundenkreis.integrations.crm.folder.sources import SIDE, place
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.errors import DomainError
from kundenkreis.kernel.sides import Side
from kundenkreis.records import working
from kundenkreis.records.exchange import reading
from kundenkreis.records.models import Transfer
from kundenkreis.ui import formats

State = Transfer.State
PIECE = 500  # rows
MOST_ROWS = 1_000_000
WAIT = 0.4  # seconds of a turn that the search for duplicates is waited for


@working.begins(FOLDER, State.CHECKING)
class Judging:
    """Goes through the files once; each `piece` is some rows, or a look at the engine's child."""

    def __init__(self, side: Side, transfer: Transfer, actor: Actor) -> None:
        self._transfer, self._actor = transfer, actor
        self._problems = Problems(place(transfer, sources.PROBLEMS))
        self._running: Comparing | None = None
        self._drafts: Drafts | None = None
        self._steps = self._all()

    def piece(self) -> bool:
        """Do the next step; whether there is another one."""
        return next(self._steps, None) is not None

    def close(self) -> None:
        """Close the files, end the child."""
        self._problems.close()
        if self._drafts is not None:
            self._drafts.close()
        if self._running is not None:
            self._running.close()

    def _all(self) -> Iterator[bool]:
        yield from self._clean()
        self._drafts = Drafts(place(self._transfer, sources.DRAFTS))
        linker = Linker(self._transfer, self._actor, self._drafts, self._problems)
        for kind in (ORGANISATION, PERSON):
            yield from self._compare(kind, self._drafts)
            linker.group(kind, list(comparing.pairs(place(self._transfer, f"pairs-{kind}.jsonl"))))
            yield True
        yield from linker.settle()
        self._finish(linker)

    # Cleaning

    def _clean(self) -> Iterator[bool]:
        transfer = self._transfer
        parts = sources.parts(transfer)
        total = sum(part["rows"] for part in parts if part["what"])
        if total > MOST_ROWS:
            raise DomainError(
                _("These are too many rows."),
                _("Up to %(n)s are taken over at once.") % {"n": formats.number(MOST_ROWS)},
            )
        writer, done = Writer(place(transfer, sources.DRAFTS)), 0
        counts = []
        try:
            for number, part in enumerate(parts):
                first = writer.count
                for row_count in self._clean_part(number, part, writer):
                    done += row_count
                    working.note(SIDE, transfer, position=done, total=total)
                    yield True
                counts.append(writer.count - first)
        finally:
            writer.close()
        transfer.found["drafted"] = counts

    def _clean_part(self, number: int, part: dict[str, Any], writer: Writer) -> Iterator[int]:
        path = place(self._transfer, part["rows_in"])
        if not part["what"]:
            why = _("Nobody knows what this file holds.")
            self._problems.tell(number, 0, _("File"), part["name"], why)
            return
        for title in opening.lost(part, path) if part["what"] != "nothing" else ():
            why = _("This column has no counterpart here.")
            self._problems.tell(number, 0, _("Column"), title, why)
        cleaner = Cleaner(number, part, sources.notation(part), writer, self._problems)
        rows = reading.rows(path, part["places"], part["head"])
        while some := list(islice(rows, PIECE)):
            for row in some:
                cleaner.take(row.line, row.cells)
            yield len(some)

    # Comparing

    def _compare(self, kind: str, drafts: Drafts) -> Iterator[bool]:
        transfer = self._transfer
        rows, found = (
            place(transfer, f"compare-{kind}.jsonl"),
            place(transfer, f"pairs-{kind}.jsonl"),
        )
        count = 0
        with rows.open("w", encoding="utf-8") as file:
            for key, values in self._rows(kind, drafts):
                file.write(json.dumps([key, values], ensure_ascii=False) + "\n")
                count += 1
        if count < 2:
            found.write_text("")
            return
        self._running = Comparing(kind, rows, found)
        while not self._running.wait(WAIT):
            yield True
        self._running = None

    def _rows(self, kind: str, drafts: Drafts) -> Iterator[tuple[str, dict[str, list[str]]]]:
        yield from comparing.rows_of(drafts, kind)
        pks = candidates(kind, self._actor, drafts)
        works = employers(self._actor, pks) if kind == PERSON else {}
        for pk, draft in drafts_of(kind, self._actor, pks):
            row = comparing.row(draft)
            if pk in works:
                row["company"] = [works[pk][1]]
            yield f"{BASE}{pk}", row

    # The end

    def _finish(self, linker: Linker) -> None:
        transfer = self._transfer
        found = {**transfer.found, "reasons": dict(Counter(self._problems.counts).most_common(50))}
        counts = {**linker.counts, "problems": sum(self._problems.counts.values())}
        working.note(SIDE, transfer, state=State.CHECKED, found=found, counts=counts, position=0)
