"""Files on their way in: read, checked, and taken over, each by the worker, piece by piece.

Every piece is a transaction of its own that also says how far the import is; so after a crash it
goes on where the last commit was, and no row comes twice. All pieces are one batch for the undo.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from itertools import batched, islice
from typing import TYPE_CHECKING, Any

from kundenkreis.kernel import store
from kundenkreis.records import working
from kundenkreis.records.exchange import mapping, marks, reading, roundtrip
from kundenkreis.records.exchange.engine import Became, Engine, Outcome
from kundenkreis.records.exchange.notation import detected, text_of
from kundenkreis.records.exchange.notes import Notes
from kundenkreis.records.exchange.plan import Mode, Plan, Rule
from kundenkreis.records.exchange.roundtrip import RoundTrip
from kundenkreis.records.exchange.table import (
    RESULTS,
    Log,
    Table,
    header_of,
    mark_of,
    place,
)
from kundenkreis.records.models import Transfer
from kundenkreis.records.registry import named

if TYPE_CHECKING:
    from kundenkreis.kernel.access import Actor
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.exchange.reading import Row

State, IN = Transfer.State, Transfer.Direction.IN
SAMPLED = 1_000  # rows that tell how figures and days are written
# Rows in one transaction: at first, at least, at most; and the seconds of work that it may be.
FIRST, LEAST, PIECE, BUSY = 50, 20, 400, 0.2
ALONE = 5  # times as many where nobody asked through a page: it is their own process then


@working.begins(IN, State.READING)
class Reading:
    """Each file once through the limited child; then what its columns may be."""

    def __init__(self, side: Side, transfer: Transfer, actor: Actor) -> None:
        self._side, self._transfer, self._actor = side, transfer, actor
        self._waiting = list(range(len(transfer.found["files"])))

    def piece(self) -> bool:
        """Read the next file."""
        transfer, found = self._transfer, self._transfer.found
        number = self._waiting.pop(0)
        file = found["files"][number]
        chosen = transfer.asked.get("reading", {})
        upload = place(self._side, transfer, f"upload-{number}")
        target = place(self._side, transfer, f"rows-{number}.jsonl")
        file |= reading.read(upload, target, **chosen)
        working.note(self._side, transfer, found=found)
        if self._waiting:
            return True
        self._finish(found)
        return False

    def _finish(self, found: dict[str, Any]) -> None:
        transfer, files = self._transfer, found["files"]
        kind, asked = named(transfer.kind), dict(transfer.asked)
        found["header"] = header_of(files)
        table = Table(self._side, transfer)
        rows = islice(table.rows(), SAMPLED)
        texts = (cell for row in rows for cell in row.cells if isinstance(cell, str))
        notation = detected(texts)
        asked |= {"decimal": notation.decimal, "dates": notation.dates}
        mark = mark_of(files)
        state = State.ASKING
        trip = mark is not None and mark.subject == kind.subject
        names = roundtrip.columns(kind, mark, found["header"]) if mark and trip else []
        if marks.NUMBER in names:
            asked |= {
                "trip": True, "mapping": roundtrip.mapping(kind, self._actor, names),
                "mode": Mode.BOTH, "rule": Rule.EXACT, "keys": [],
            }  # fmt: skip
            found["ignored"] = roundtrip.ignored(kind, self._actor, names, found["header"])
            state = State.CHECKING
        elif not asked.get("mapping"):
            names, known_from = mapping.proposed(kind, self._actor, found["header"])
            asked |= {"mapping": names}
            found["known_from"] = known_from
        working.note(
            self._side, transfer, state=state, asked=asked, found=found, total=table.total,
            position=0, counts={},
        )  # fmt: skip

    def close(self) -> None:
        """Nothing stays open."""


class _Through(ABC):
    """What checking and running have in common: all rows, from a place on, through the engine."""

    def __init__(self, side: Side, transfer: Transfer, actor: Actor) -> None:
        self._side, self._transfer = side, transfer
        self._kind = named(transfer.kind)
        self._table = Table(side, transfer)
        plan = Plan.of(transfer.asked, self._table.choices)
        self._engine = Engine(self._kind, actor, plan, self._trip(actor, plan))
        self._counts = Counter(transfer.counts)
        times = ALONE if transfer.user_id is None else 1
        self._pace = working.Pace(FIRST, LEAST, PIECE * times, BUSY * times)
        self._rows = self._from(transfer.position)

    def _trip(self, actor: Actor, plan: Plan) -> RoundTrip | None:
        mark = mark_of(self._transfer.found["files"]) if self._transfer.asked.get("trip") else None
        if mark is None:
            return None
        accepted = self._table.choices.get("accepted", {})
        names = roundtrip.columns(self._kind, mark, self._table.header)
        return RoundTrip(self._kind, actor, mark, names, plan.notation, accepted)

    def _from(self, start: int) -> Iterator[Row]:
        for done in batched(islice(self._table.rows(), start), PIECE, strict=False):
            self._engine.note(done)
        return self._table.rows(start)

    def piece(self) -> bool:
        """Do the next rows, as many as fit into a transaction."""
        rows = list(islice(self._rows, self._pace.size))
        if not rows:
            self._end()
            return False
        began = time.thread_time()
        self._some(rows)
        self._pace.took(time.thread_time() - began)
        return True

    @abstractmethod
    def _some(self, rows: list[Row]) -> None: ...

    @abstractmethod
    def _end(self) -> None: ...

    def _counted(self, outcomes: list[Outcome]) -> dict[str, int]:
        self._counts.update(str(outcome.became) for outcome in outcomes)
        self._counts["warned"] += sum(bool(outcome.warning) for outcome in outcomes)
        self._counts["conflicts"] += sum(len(outcome.conflicts) for outcome in outcomes)
        return dict(self._counts)


@working.begins(IN, State.CHECKING)
class Checking(_Through):
    """What would become of every row: the import itself, each piece taken back."""

    def __init__(self, side: Side, transfer: Transfer, actor: Actor) -> None:
        transfer.position, transfer.counts = 0, {}  # a check has nothing to lose
        super().__init__(side, transfer, actor)
        self._notes = Notes(side, transfer)

    def _end(self) -> None:
        made = {"made": self._engine.related.made, **self._counts}
        working.note(self._side, self._transfer, state=State.CHECKED, counts=made)

    def _some(self, rows: list[Row]) -> None:
        """Try the next rows."""
        outcomes = self._engine.piece(rows, "check", keep=False)
        counts = self._counted(outcomes)
        self._notes.write([_noted(one) for one in outcomes if _notable(one)])
        position = self._transfer.position + len(rows)
        working.note(self._side, self._transfer, position=position, counts=counts)

    def close(self) -> None:
        """Close the notes."""
        self._notes.close()


@working.begins(IN, State.RUNNING)
class Running(_Through):
    """The import itself."""

    def __init__(self, side: Side, transfer: Transfer, actor: Actor) -> None:
        super().__init__(side, transfer, actor)
        self._actor = actor
        size = int(transfer.found.get("written", 0))
        self._log = Log(place(side, transfer, RESULTS), size)

    def _end(self) -> None:
        self._remember()
        working.note(self._side, self._transfer, state=State.DONE)

    def _some(self, rows: list[Row]) -> None:
        """Take over the next rows; that and how far it is are one commit."""
        transfer = self._transfer
        with store.group(self._side, f"import_{self._kind.slug}", transfer.batch):
            outcomes = self._engine.piece(rows, transfer.batch, keep=True)
            counts = self._counted(outcomes)
            written = self._log.write([_result(one) for one in outcomes])
            position = transfer.position + len(rows)
            found = {**transfer.found, "written": written, "tries": 0}
            working.note(self._side, transfer, position=position, counts=counts, found=found)

    def close(self) -> None:
        """Close the results."""
        self._log.close()

    def _remember(self) -> None:
        asked = self._transfer.asked
        if not asked.get("trip"):
            header = self._transfer.found["header"]
            mapping.remember(self._kind, self._actor, header, asked["mapping"])


def _notable(outcome: Outcome) -> bool:
    told = outcome.wrong or outcome.warning or outcome.conflicts or outcome.changes
    return bool(told) or (outcome.became is Became.CREATED and outcome.row.number < 50)


def _noted(outcome: Outcome) -> dict[str, Any]:
    return {
        **_result(outcome),
        "cells": [text_of(cell) for cell in outcome.row.cells],
        "changes": outcome.changes, "conflicts": outcome.conflicts,
    }  # fmt: skip


def _result(outcome: Outcome) -> dict[str, Any]:
    return {
        "row": outcome.row.number, "line": outcome.row.line, "file": outcome.row.file,
        "became": outcome.became, "pk": outcome.pk, "wrong": outcome.wrong,
        "warning": outcome.warning,
    }  # fmt: skip
