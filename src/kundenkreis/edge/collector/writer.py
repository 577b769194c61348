"""The one thread that writes: takes all that is waiting, commits it at once, and only then answers.

A group that fails as a whole is halved until the one item that cannot be stored stands alone; it is
rejected and its neighbours are stored. A database that is locked, full or away is nobody's fault:
everything of that group is answered with 503 and may come again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, connections

from kundenkreis.edge.collector import limits
from kundenkreis.edge.collector.values import Refused, too_busy
from kundenkreis.engage.campaigns.commands import keep_assignments, record_exposures
from kundenkreis.engage.campaigns.events import OfferExposed, VariantAssigned
from kundenkreis.engage.consent.commands import Statement, record_statements
from kundenkreis.engage.tracking.commands import count_visits, ingest_items
from kundenkreis.engage.tracking.ingest import Fate
from kundenkreis.engage.tracking.items import Item
from kundenkreis.engage.tracking.models import Reason
from kundenkreis.engage.tracking.sources import SourceView
from kundenkreis.kernel import store
from kundenkreis.kernel.access import system
from kundenkreis.kernel.sides import Side

log = logging.getLogger(__name__)

COLLECTOR = system("collector")
# PostgreSQL: the transactions of two edge processes waited for each other.
_COLLISIONS = {"40001", "40P01"}


@dataclass(slots=True)
class Refusal:
    """A call that was refused already, to be kept in the list of rejected items."""

    call: Any
    reason: Reason


@dataclass(slots=True)
class Visit:
    """One visit to count."""


@dataclass(slots=True, eq=False)
class Entry:
    """One thing to write, and what became of it."""

    what: Item | Refusal | Statement | Visit | VariantAssigned | OfferExposed
    fate: Fate | Reason | None = None


@dataclass(slots=True, eq=False)
class Task:
    """What one request wants to be written; `done` when all of it was, or could not be."""

    source: SourceView
    received_at: datetime
    entries: Sequence[Entry]
    done: asyncio.Future[None]
    error: Refused | None = field(default=None)


class Writer:
    """The queue and its thread. All but the thread itself belongs to the event loop."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Task | None] = SimpleQueue()
        self._items = 0
        self._of_source: dict[int, int] = {}
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write; does nothing the second time."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
            self._thread.start()

    def stop(self, seconds: float) -> None:
        """Write what is waiting and end, or give up after so many seconds."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(seconds)
            self._thread = None

    def make_room(self, source_id: int | None = None) -> None:
        """Raise `Refused` when the queue is full: 503 for all, 429 for a source that fills it."""
        if self._items >= limits.QUEUE_ITEMS:
            raise too_busy("the collector has more to do than it can store at the moment")
        if source_id is not None and self._of_source.get(source_id, 0) >= limits.SOURCE_ITEMS:
            raise too_busy("this source sends more than can be stored at the moment", status=429)

    async def write(
        self, source: SourceView, received_at: datetime, entries: Sequence[Entry]
    ) -> None:
        """Have entries written; returns when they are durable. Raises `Refused`."""
        if not entries:
            return
        task = self.hand_in(source, received_at, entries)
        await task.done
        if task.error is not None:
            raise task.error

    def hand_in(self, source: SourceView, received_at: datetime, entries: Sequence[Entry]) -> Task:
        """Have entries written without waiting for it. Raises `Refused` when there is no room."""
        self.make_room(source.id)
        loop = asyncio.get_running_loop()
        task = Task(source, received_at, entries, loop.create_future())
        self._items += len(entries)
        self._of_source[source.id] = self._of_source.get(source.id, 0) + len(entries)
        self._queue.put(task)
        return task

    def _answer(self, tasks: list[Task]) -> None:
        for task in tasks:
            # Whoever asked may be gone; what waits in the queue counts until it is written.
            self._items -= len(task.entries)
            self._of_source[task.source.id] -= len(task.entries)
            if not task.done.done():
                task.done.set_result(None)

    def _run(self) -> None:
        stopping = False
        while not stopping:
            task = self._queue.get()
            group: list[Task] = []
            count = 0
            while task is not None:
                group.append(task)
                count += len(task.entries)
                if count >= limits.GROUP_ITEMS:
                    break
                try:
                    task = self._queue.get_nowait()
                except Empty:
                    break
            stopping = task is None
            if group:
                self._write_group(group)
        connections[Side.ENGAGE.alias].close()

    def _write_group(self, group: list[Task]) -> None:
        for chunk in chunks(group):
            error = _attempt(chunk)
            if error is not None:
                for task, _ in chunk:
                    task.error = error
        for loop in {task.done.get_loop() for task in group}:
            mine = [task for task in group if task.done.get_loop() is loop]
            try:
                loop.call_soon_threadsafe(self._answer, mine)
            except RuntimeError:  # the loop was closed while we wrote
                log.warning("%s requests were stored after their connection had gone", len(mine))


Work = list[tuple[Task, Entry]]


def chunks(group: Sequence[Task]) -> list[Work]:
    """The group's entries in transactions of at most `GROUP_ITEMS`."""
    work = [(task, entry) for task in group for entry in task.entries]
    size = limits.GROUP_ITEMS
    return [work[start : start + size] for start in range(0, len(work), size)]


def _attempt(work: Work) -> Refused | None:
    """Write, halving where one of many is the trouble; returns why nothing could be written."""
    for last in (False, False, True):
        try:
            _store(work)
        except (DatabaseError, InterfaceError) as error:
            # Another edge process may have been about the same visitors at the same moment.
            if _collided(error) and not last:
                continue
            if isinstance(error, IntegrityError | DataError):
                return _halved(work, error)
            log.error("the collector could not write: %s", error)
            connections[Side.ENGAGE.alias].close()
            return too_busy("the database does not take anything at the moment", seconds=2)
        except Exception as error:  # noqa: BLE001 - whatever one item causes, the others go on
            return _halved(work, error)
        else:
            return None
    return None


def _collided(error: Exception) -> bool:
    return isinstance(error, IntegrityError) or _sqlstate(error) in _COLLISIONS


def _sqlstate(error: Exception) -> str:
    return str(getattr(error.__cause__, "sqlstate", "") or "")


def _halved(work: Work, error: Exception) -> Refused | None:
    if len(work) > 1:
        middle = len(work) // 2
        return _attempt(work[:middle]) or _attempt(work[middle:])
    task, entry = work[0]
    # Without the database's own words: they repeat what is in the item.
    what = f"{type(error).__name__} {_sqlstate(error)}".strip()
    log.warning("an item of source %s cannot be stored: %s", task.source.id, what)
    entry.fate = Reason.UNSTORABLE
    if isinstance(entry.what, Item):
        # Only that there was one: what is in it is what could not be stored.
        refusal = Entry(Refusal({"messageId": entry.what.message_id}, Reason.UNSTORABLE))
        return _attempt([(task, refusal)])
    return None


def _store(work: Work) -> None:
    """Write everything in one transaction: consents before the events they allow."""
    by_source: dict[int, Work] = {}
    for task, entry in work:
        by_source.setdefault(task.source.id, []).append((task, entry))
    with store.group(Side.ENGAGE, "edge.collector"):
        if statements := _of_kind(work, Statement):
            record_statements(actor=COLLECTOR, statements=statements)
        if drawn := _of_kind(work, VariantAssigned):
            keep_assignments(actor=COLLECTOR, drawn=drawn)
        if exposures := _of_kind(work, OfferExposed):
            record_exposures(actor=COLLECTOR, exposures=exposures)
        for part in by_source.values():
            _store_source(part[0][0].source, part)


def _of_kind[T](work: Work, kind: type[T]) -> list[T]:
    return [entry.what for _, entry in work if isinstance(entry.what, kind)]


def _store_source(source: SourceView, work: Work) -> None:
    received_at = max(task.received_at for task, _ in work)
    items: list[Item] = []
    stored: list[Entry] = []
    refused: list[tuple[Any, Reason]] = []
    visits = 0
    for _, entry in work:
        what = entry.what
        if isinstance(what, Item):
            items.append(what)
            stored.append(entry)
        elif isinstance(what, Refusal):
            refused.append((what.call, what.reason))
        elif isinstance(what, Visit):
            visits += 1
    if visits:
        count_visits(actor=COLLECTOR, source=source, count=visits, at=received_at)
    if items or refused:
        fates = ingest_items(
            actor=COLLECTOR,
            source=source,
            items=items,
            rejected=refused,
            received_at=received_at,
        )
        for entry, fate in zip(stored, fates, strict=True):
            entry.fate = fate
