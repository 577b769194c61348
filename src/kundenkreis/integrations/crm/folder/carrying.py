"""The third step: what was settled is written, some records in one transaction each.

Each piece also says how far it is and what was made so far, so that after a crash nothing comes
twice; all pieces are one batch for the undo. Every value is written through the file it is from.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from kundenkreis.integrations.crm.folder import sources
from kundenkreis.integrations.crm.folder.comparing import BASE
from kundenkreis.integrations.crm.folder.drafts import KINDS, ORGANISATION, PERSON
from kundenkreis.integrations.crm.folder.gathering import FOLDER
from kundenkreis.integrations.crm.folder.people import PeopleWriter
from kundenkreis.integrations.crm.folder.sources import SIDE, place
from kundenkreis.integrations.crm.folder.things import ThingsWriter
from kundenkreis.kernel import store
from kundenkreis.kernel.access import Actor
from kundenkreis.kernel.sides import Side
from kundenkreis.records import working
from kundenkreis.records.exchange.table import Log, logged
from kundenkreis.records.models import Transfer

State = Transfer.State
FIRST, LEAST, MOST, BUSY = 50, 10, 200, 0.3
COMMAND = "import_folder"


@working.begins(FOLDER, State.RUNNING)
class Carrying:
    """Writes the settled records in their order: what others refer to comes first."""

    def __init__(self, side: Side, transfer: Transfer, actor: Actor) -> None:
        self._transfer = transfer
        size = int(transfer.found.get("written", 0))
        self._log = Log(place(transfer, sources.RESULTS), size)
        self._made: dict[str, int] = {}
        for line in logged(place(transfer, sources.RESULTS)):
            if line["pk"] is not None:
                self._made[line["key"]] = line["pk"]
        self._counts = Counter(transfer.counts)
        self._pace = working.Pace(FIRST, LEAST, MOST, BUSY)
        path = place(transfer, sources.RECORDS)
        self._records = islice(sources.lines(path), transfer.position, None)
        self._held: dict[str, Any] | None = None
        people = PeopleWriter(transfer, actor, self.pk_of)
        things = ThingsWriter(transfer, actor, self.pk_of)
        self._writers = {
            kind: people if kind in (ORGANISATION, PERSON) else things for kind in KINDS
        }

    def pk_of(self, key: str) -> int | None:
        """The number of the record that a key means, once it is there."""
        number = key.partition(":")[2]
        if number.startswith(BASE):
            return int(number.removeprefix(BASE))
        return self._made.get(key)

    def piece(self) -> bool:
        """Write the next records, all of one kind."""
        some = list(self._next())
        if not some:
            working.note(SIDE, self._transfer, state=State.DONE)
            return False
        began = time.thread_time()
        self._write(some)
        self._pace.took(time.thread_time() - began)
        return True

    def close(self) -> None:
        """Close the results."""
        self._log.close()

    def _next(self) -> Iterator[dict[str, Any]]:
        kind, count = "", 0
        while count < self._pace.size:
            record = self._held or next(self._records, None)
            self._held = None
            if record is None:
                return
            if kind and record["kind"] != kind:
                self._held = record
                return
            kind, count = record["kind"], count + 1
            yield record

    def _write(self, some: list[dict[str, Any]]) -> None:
        transfer = self._transfer
        counts = Counter(self._counts)
        with store.group(SIDE, COMMAND, transfer.batch):
            outcomes = self._writers[some[0]["kind"]].write(some)
            lines = []
            for record, outcome in zip(some, outcomes, strict=True):
                counts[f"done_{outcome.became}"] += 1
                left = [[*one] for one in outcome.left]
                counts["left"] += len(left)
                lines.append(
                    {"key": record["key"], "pk": outcome.pk, "became": outcome.became, "left": left}
                )
            written = self._log.write(lines)
            position = transfer.position + len(some)
            found = {**transfer.found, "written": written, "tries": 0}
            working.note(SIDE, transfer, position=position, counts=dict(counts), found=found)
        self._counts = counts
        for line in lines:
            if line["pk"] is not None:
                self._made[line["key"]] = line["pk"]
