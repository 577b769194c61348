"""What a change of a field means for all records of its type, done in pieces by the worker.

Formulas are worked out anew; the values of a deleted field go for good, as soon as it can no longer
be brought back. Each piece is a short transaction that also notes how far the work is, so it goes
on where it was, whatever happens.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kundenkreis.kernel import clock, forgetting, store
from kundenkreis.kernel.models import RemovedRow
from kundenkreis.kernel.record import Record
from kundenkreis.records import registry, working
from kundenkreis.records.bulk.running import new_pace
from kundenkreis.records.custom import definitions
from kundenkreis.records.custom.computing import of_the_day
from kundenkreis.records.models import FieldDefinition, FieldWork
from kundenkreis.records.registry import named

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from kundenkreis.kernel.access import Actor
    from kundenkreis.kernel.jobs.backend import JobTask
    from kundenkreis.kernel.sides import Side
    from kundenkreis.records.declaration import RecordType

State = FieldWork.State
SOON = timedelta(seconds=1)  # what is not committed yet the worker cannot see
_DEFINITIONS = FieldDefinition._meta.label_lower


def compute(kind: RecordType, job: JobTask) -> None:
    """Work out the formulas of all records of a type; needs a unit of work in progress.

    Whatever was under way for an earlier change of them begins anew.
    """
    earlier = store.rows(FieldWork).filter(kind=kind.name, state=State.RUNNING)
    stale = [one for one in earlier if one.sort == "compute"]
    store.replace(earlier.filter(pk__in=[one.pk for one in stale]), state=State.DONE)
    total = store.rows(kind.model).count()
    made = _new(kind, State.RUNNING, {"do": "compute"}, total)
    working.enqueue(job, kind.side, made, after=clock.now() + SOON)


def compute_of_the_day(side: Side, job: JobTask) -> int:
    """Work out anew, for all records, formulas that ask which day it is; of how many types.

    What is left of yesterday begins anew. Whoever writes meanwhile writes with the new day.
    """
    kinds = [
        kind
        for kind in registry.TYPES.values()
        if kind.side is side and any(map(of_the_day, definitions.of(kind.model).values()))
    ]
    for kind in kinds:
        with store.group(side, "records.compute_of_the_day"):
            compute(kind, job)
    return len(kinds)


def plan_purge(kind: RecordType, key: str) -> None:
    """Have the values of a field that is being deleted go, once it cannot come back any more."""
    _new(kind, State.WAITING, {"do": "purge", "key": key}, 0)


def keep_values(kind: RecordType, key: str) -> None:
    """The field was brought back: its values stay."""
    store.discard(_purges(kind).filter(asked__key=key, state=State.WAITING))


def leaving_keys(kind: RecordType) -> set[str]:
    """The keys of deleted fields of which records may still have values."""
    return {one.asked["key"] for one in _purges(kind).exclude(state=State.DONE)}


def begin_purges(side: Side, job: JobTask) -> int:
    """Begin with those whose time has come: from now on the fields cannot be brought back."""
    over = forgetting.promised(side)[RemovedRow].keep.before(clock.now())
    with store.group(side, "records.begin_purges"):
        waiting = store.rows(FieldWork).filter(state=State.WAITING, created_at__lt=over)
        due = [one for one in waiting.select_for_update() if _begin_with(one, over)]
        for one in due:
            total = store.rows(named(one.kind).model).count()
            values = {"state": State.RUNNING, "total": total, "changed_at": clock.now()}
            store.replace(store.rows(FieldWork).filter(pk=one.pk), **values)
            one.state = State.RUNNING
            working.enqueue(job, side, one, after=clock.now() + SOON)
    return len(due)


def progress(kind: RecordType) -> FieldWork | None:
    """The formulas of a type being worked out for all its records, if they are."""
    rows = store.stored(kind.side, FieldWork).filter(kind=kind.name).order_by("-id")
    running = rows.filter(state__in=[State.RUNNING, State.FAILED])
    return next((one for one in running[:20] if one.sort == "compute"), None)


class _Walk(ABC):
    """All records of a type, by their keys."""

    def __init__(self, side: Side, work: FieldWork, actor: Actor) -> None:
        self._side, self._work, self._kind = side, work, named(work.kind)
        self._pace = new_pace()

    def piece(self) -> bool:
        definitions.look_again()  # by what they are now, every value is worked out
        began = time.thread_time()
        values: dict[str, Any] = {"changed_at": clock.now()}
        pks: list[int] = []
        with store.group(self._side, f"records.field_{self._work.sort}"):
            work = store.lock(FieldWork, self._work.pk)
            if not work.moving:
                return False
            pks = self.some(self.rows().filter(pk__gt=work.position))
            done = {"done": int(work.counts.get("done", 0)) + len(pks)}
            values |= {"position": pks[-1], "counts": done} if pks else self.end()
            store.replace(store.rows(FieldWork).filter(pk=work.pk), **values)
        self._pace.took(time.thread_time() - began)
        return bool(pks) or "state" not in values

    def rows(self) -> QuerySet[Any]:
        return store.rows(self._kind.model)

    def some(self, rows: QuerySet[Any]) -> list[int]:
        """Do what is to be done with the next rows; returns their keys."""
        pks = list(rows.order_by("pk").values_list("pk", flat=True)[: self._pace.size])
        self.do(pks)
        return pks

    @abstractmethod
    def do(self, pks: list[int]) -> None: ...

    def end(self) -> dict[str, Any]:
        return {"state": State.DONE}

    def close(self) -> None:  # noqa: B027 - neither of them holds anything
        """Nothing is held between turns."""


@working.begins("compute", State.RUNNING)
class Computing(_Walk):
    """Formulas worked out anew; who writes to a record meanwhile has them worked out, too."""

    def do(self, pks: list[int]) -> None:
        store.recompute(self._kind.model, pks)


@working.begins("purge", State.RUNNING)
class Purging(_Walk):
    """The values of a field that was deleted for good: of the records, then of those in the bin."""

    def piece(self) -> bool:
        key = self._work.asked["key"]
        if definitions.find(self._kind.model, f"custom__{key}") is not None:
            working.note(self._side, self._work, state=State.DONE)
            return False
        self._work.refresh_from_db()
        return super().piece()

    def rows(self) -> QuerySet[Any]:
        if not self._work.found.get("bin"):
            return super().rows()
        return store.rows(RemovedRow).filter(table=self._kind.model._meta.label_lower)

    def do(self, pks: list[int]) -> None:
        key = self._work.asked["key"]
        if not self._work.found.get("bin"):
            store.strip(_record_model(self._kind), pks, key)
            return
        for image in store.lock_many(RemovedRow, pks).values():
            own = image.image.get("custom") or {}
            if key in own:
                rest = {name: value for name, value in own.items() if name != key}
                here = store.rows(RemovedRow).filter(pk=image.pk)
                store.replace(here, image={**image.image, "custom": rest})

    def end(self) -> dict[str, Any]:
        if self._work.found.get("bin"):
            return {"state": State.DONE}
        return {"position": 0, "found": {**self._work.found, "bin": True}}


def _record_model(kind: RecordType) -> type[Record]:
    assert issubclass(kind.model, Record)  # noqa: S101 - only such types have any
    return kind.model


def _purges(kind: RecordType) -> QuerySet[FieldWork]:
    return store.rows(FieldWork).filter(kind=kind.name, asked__do="purge")


def _begin_with(work: FieldWork, over: datetime) -> bool:
    """Whether a field that was deleted stays so; then nothing can bring it back any more.

    Somebody may have brought it back, and perhaps deleted it once more since.
    """
    rows = store.rows(RemovedRow).filter(table=_DEFINITIONS, restored_at=None)
    images = [image for image in rows if _names(image, work)]
    known = store.rows(FieldDefinition).filter(kind=work.kind, key=work.asked["key"])
    if known.exists() or any(image.at >= over for image in images):
        store.discard(store.rows(FieldWork).filter(pk=work.pk))
        return False
    store.discard(rows.filter(pk__in=[image.pk for image in images]))
    return True


def _names(image: RemovedRow, work: FieldWork) -> bool:
    said = (image.image.get("kind"), image.image.get("key"))
    return said == (work.kind, work.asked["key"])


def _new(kind: RecordType, state: str, asked: dict[str, object], total: int) -> FieldWork:
    now = clock.now()
    made = FieldWork(
        kind=kind.name, state=state, created_at=now, changed_at=now, total=total,
        asked={**asked, **working.asked_now()},
    )  # fmt: skip
    return store.append(FieldWork, [made])[0]


def _ended(side: Side, before: datetime) -> QuerySet[FieldWork]:
    """What waits is not forgotten, however long."""
    rows = store.stored(side, FieldWork).filter(state__in=[State.DONE, State.FAILED])
    return forgetting.oldest(rows, "changed_at", before)


forgetting.rule(FieldWork, due=_ended)
